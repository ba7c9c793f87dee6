"""Assign work item: to a representative or a queue, one or many, and what the dialog says first."""

import pytest

from contact_center.errors import Invalid
from contact_center.tenancy.models import Membership, OrganizationSettings
from contact_center.tenancy.toggles import Toggle
from conversations.actions import perform
from conversations.models import Conversation, Offer
from conversations.states import Phase, Status
from routing.kinds import Channel, Kind, Presence
from routing.models import Queue, Representative
from tests.bulk_actions.conftest import HTMX, outcomes, work
from tests.bulk_actions.work_item.conftest import ASSIGN, key_of, notes, offered, open_dialog, post, press, runs, text
from tests.factories import make_conversation, make_conversations, make_queue, make_representative


def now(cast, conversation):
    with cast.scope():
        return Conversation.objects.select_related("representative", "queue").get(pk=conversation.pk)


@pytest.fixture
def waiting(harbor):
    """Open in Orders, with Ana, who serves it, available."""
    with harbor.scope():
        return make_conversation(queue=harbor.orders, subject="Where is my parcel?")


# --- The dialog ---


def test_the_dialog_names_the_conversation_and_shows_both_tabs(harbor, waiting):
    response = open_dialog(harbor, [waiting])
    words, markup = text(response), response.content.decode()
    assert words.startswith("Assign work item “Where is my parcel?”")
    assert "Find an agent" in words
    assert "Find a queue" in words
    assert "Ana Ruiz Available 0 / 100" in words
    assert words.endswith("Cancel Assign")
    assert markup.count('role="tab"') == 2
    assert 'aria-labelledby="tab-people"' in markup


def test_who_would_exceed_is_told_before(harbor, waiting):
    with harbor.scope():
        ben = make_representative("Ben Osei", queues=[harbor.orders], presence=Presence.BUSY, units_used=90)
    response = open_dialog(harbor, [waiting])
    assert offered(response) == [harbor.ana.pk, ben.pk]
    assert "Ben Osei Busy 90 / 100 units used exceeds by 20 units" in text(response)
    assert "Ben Osei would exceed by 20 units." in notes(response)


def test_what_can_be_done_to_nothing_has_no_choice(harbor):
    with harbor.scope():
        conversation = make_conversation(status=Status.ACTIVE, queue=harbor.orders)
    response = open_dialog(harbor, [conversation])
    assert "can’t be assigned" in text(response)
    assert "It is assigned already." in text(response)
    assert offered(response) == []
    assert 'type="submit"' not in response.content.decode()


def test_for_many_only_a_queue_is_chosen_and_the_dialog_says_why(harbor):
    with harbor.scope():
        rows = [
            *make_conversations(3, queue=harbor.orders),
            make_conversation(channel=Channel.VOICE),
            make_conversation(status=Status.CLOSED),
        ]
    response = open_dialog(harbor, rows)
    words = text(response)
    assert "3 will be assigned. 2 won’t." in words
    assert "1 Voice calls are handled one by one." in words
    assert "Find an agent: A representative is chosen for one conversation at a time. Many go to a queue." in words
    assert offered(response) == []
    assert offered(response, "queue") == [harbor.orders.pk, harbor.refunds.pk]


def test_for_many_each_queue_says_what_it_takes_on(harbor, summit):
    with harbor.scope():
        make_conversations(12, queue=harbor.refunds)
        make_representative(queues=[harbor.refunds])
        rows = make_conversations(4, queue=harbor.orders) + make_conversations(1, queue=harbor.refunds)
    told = notes(open_dialog(harbor, rows))
    assert any(
        "Refunds has 13 waiting, takes on 4 more. 1 of them is in it already and will be skipped." in note
        for note in told
    )


# --- One, to a representative ---


def test_one_is_offered_to_the_chosen_representative(harbor, waiting):
    response = press(harbor, open_dialog(harbor, [waiting]), to_person=harbor.ana)
    assert response.status_code == 200
    assert f"C-{waiting.pk} was offered to Ana Ruiz" in text(response)
    row = now(harbor, waiting)
    assert (row.phase, row.representative_id) == (Phase.AWAITING, harbor.ana.pk)
    with harbor.scope():
        assert Offer.objects.get().made_by_id == harbor.supervisor.pk
    [run] = runs(harbor)
    assert run.title == f"Assign to Ana Ruiz: C-{waiting.pk}"


def test_who_exceeds_is_told_after_and_in_the_history(harbor, waiting):
    with harbor.scope():
        Representative.objects.filter(pk=harbor.ana.pk).update(units_used=90)
    response = press(harbor, open_dialog(harbor, [waiting]), to_person=harbor.ana)
    assert "was offered to Ana Ruiz, who now exceeds by 20 units" in text(response)
    [run] = runs(harbor)
    page = harbor.client().get(harbor.url(f"action-history/{run.pk}/"))
    assert "Ana Ruiz in Orders, exceeding by 20 units" in text(page)


def test_somebody_not_normally_offered_may_be_chosen(harbor, waiting):
    with harbor.scope():
        away = make_representative("Chloé Martin", queues=[harbor.refunds], presence=Presence.AWAY)
    assert press(harbor, open_dialog(harbor, [waiting]), to_person=away).status_code == 200
    assert now(harbor, waiting).representative_id == away.pk


def test_an_ai_agent_is_never_a_target(harbor, waiting):
    with harbor.scope():
        agent = make_representative(queues=[harbor.orders], type=Representative.Type.AI_AGENT)
    dialog = open_dialog(harbor, [waiting])
    assert agent.pk not in offered(dialog)
    response = press(harbor, dialog, to_person=agent)
    assert response.status_code == 403
    assert "AI agents can&#x27;t be assigned or transferred to." in text(response)
    assert now(harbor, waiting).phase is Phase.OPEN


def test_somebody_whose_account_was_switched_off_is_never_a_target(harbor, waiting):
    dialog = open_dialog(harbor, [waiting])
    assert harbor.ana.pk in offered(dialog)
    with harbor.scope():
        Membership.objects.filter(pk=harbor.agent.pk).update(is_active=False)
    response = press(harbor, dialog, to_person=harbor.ana)
    assert response.status_code == 422
    assert "This choice is no longer offered. Choose another." in text(response)
    with harbor.scope(), pytest.raises(Invalid):
        perform(
            "assign_to_representative",
            [waiting.pk],
            actor=harbor.actor(),
            parameters={"representative": harbor.ana.pk},
        )
    assert now(harbor, waiting).phase is Phase.OPEN


def test_nobody_chosen_is_said_beside_the_list_and_the_filters_stay(harbor, waiting):
    key = key_of(open_dialog(harbor, [waiting]))
    response = post(harbor, f"{ASSIGN}/start/", {"run_key": key, "choice": ASSIGN, "name": "ana"})
    assert response.status_code == 422
    assert "Choose a representative." in text(response)
    assert 'name="name" value="ana"' in response.content.decode()


def test_a_changed_conversation_answers_with_what_it_is_now(harbor, waiting):
    first, second = open_dialog(harbor, [waiting]), open_dialog(harbor, [waiting], member=harbor.second)
    press(harbor, first, to_person=harbor.ana)
    response = press(harbor, second, to_queue=harbor.refunds, member=harbor.second)
    assert response.status_code == 409
    assert "It has changed: it is now Active, awaiting acceptance with Ana Ruiz in Orders." in text(response)
    assert now(harbor, waiting).queue_id == harbor.orders.pk


# --- To a queue ---


def test_one_is_assigned_to_the_chosen_queue(harbor, waiting):
    response = press(harbor, open_dialog(harbor, [waiting]), to_queue=harbor.refunds)
    assert response.status_code == 200
    assert f"C-{waiting.pk} was assigned to Refunds" in text(response)
    assert "left your list" not in text(response)
    assert now(harbor, waiting).queue_id == harbor.refunds.pk


def test_a_scoped_supervisor_is_told_that_it_leaves_the_list(harbor):
    with harbor.scope():
        conversation = make_conversation(queue=harbor.refunds)
    dialog = open_dialog(harbor, [conversation], member=harbor.scoped)
    assert any("leaves your list" in note for note in notes(dialog))
    response = press(harbor, dialog, to_queue=harbor.orders, member=harbor.scoped)
    assert response.status_code == 200
    assert "left your list, because you don’t see that queue" in text(response)
    assert now(harbor, conversation).queue_id == harbor.orders.pk


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (lambda: make_queue("Calls", kind=Kind.VOICE), "The queue takes another kind of work."),
        (lambda: make_queue("Old", is_active=False), "The queue has been deactivated."),
        (lambda: make_queue("Empty"), "The queue has no members."),
        (lambda: Queue.objects.get(name="Orders"), "It is already in this queue."),
    ],
    ids=["other kind", "inactive", "without members", "the same"],
)
def test_a_queue_that_cannot_take_it_is_refused_with_the_reason(harbor, waiting, make, sentence):
    with harbor.scope():
        target = make()
    dialog = open_dialog(harbor, [waiting])
    assert target.pk not in offered(dialog, "queue")
    response = press(harbor, dialog, to_queue=target)
    assert response.status_code == 403
    assert sentence in text(response)
    assert now(harbor, waiting).queue_id == harbor.orders.pk
    assert runs(harbor) == []


def test_many_are_assigned_by_a_run_which_skips_what_is_there_already(harbor):
    with harbor.scope():
        moving, there = make_conversations(2, queue=harbor.orders), make_conversation(queue=harbor.refunds)
    response = press(harbor, open_dialog(harbor, [*moving, there]), to_queue=harbor.refunds)
    assert "Assign started" in text(response)
    [run] = runs(harbor)
    assert run.title == "Assign to Refunds: 3 conversations"
    work(harbor, run)
    assert outcomes(harbor, run) == {
        **{row.pk: ("succeeded", "") for row in moving},
        there.pk: ("skipped", "already_in_queue"),
    }
    page = text(harbor.client().get(harbor.url(f"action-history/{run.pk}/")))
    assert "It is already in this queue." in page
    assert "Open in Orders" in page
    assert "Open in Refunds" in page


def test_many_are_not_started_into_a_queue_that_can_take_none(harbor):
    with harbor.scope():
        rows, empty = make_conversations(2, queue=harbor.orders), make_queue("Empty")
    response = press(harbor, open_dialog(harbor, rows), to_queue=empty)
    assert response.status_code == 422
    assert "The queue has no members." in text(response)
    assert runs(harbor) == []


def test_many_are_not_assigned_to_a_representative_by_a_forged_choice(harbor):
    with harbor.scope():
        rows = make_conversations(2, queue=harbor.orders)
    response = press(harbor, open_dialog(harbor, rows), to_person=harbor.ana)
    assert response.status_code == 403
    assert all(now(harbor, row).phase is Phase.OPEN for row in rows)


# --- Who may ---


def test_switched_off_api_access_and_other_queues_keep_it_from_being_done(harbor, waiting):
    dialog = open_dialog(harbor, [waiting])
    with harbor.scope():
        OrganizationSettings.objects.update(toggles=[one for one in Toggle if one != Toggle.ASSIGN])
    assert press(harbor, dialog, to_person=harbor.ana).status_code == 403
    assert "Supervisor Assign is switched off" in text(open_dialog(harbor, [waiting]))
    with harbor.scope():
        OrganizationSettings.objects.update(toggles=list(Toggle))
        Membership.objects.filter(pk=harbor.supervisor.pk).update(api_access=True)
    assert "API access" in text(open_dialog(harbor, [waiting]))
    with harbor.scope():
        Membership.objects.filter(pk=harbor.supervisor.pk).update(api_access=False)
    assert "Not found, or not in your queues." in text(open_dialog(harbor, [waiting], member=harbor.scoped))
    assert press(harbor, dialog, to_person=harbor.ana, member=harbor.second).status_code == 403
    assert now(harbor, waiting).phase is Phase.OPEN


def test_targets_of_another_organization_are_unknown(harbor, summit, waiting):
    dialog = open_dialog(harbor, [waiting])
    for target in ({"to_person": summit.ana}, {"to_queue": summit.refunds}):
        response = press(harbor, dialog, **target)
        assert response.status_code == 422
        assert "no longer offered" in text(response)
    assert now(harbor, waiting).phase is Phase.OPEN


def test_where_the_organization_asks_for_it_another_supervisor_decides_on_an_offer(harbor, waiting):
    with harbor.scope():
        OrganizationSettings.objects.update(approval_actions=["assign_to_representative"])
    press(harbor, open_dialog(harbor, [waiting]), to_person=harbor.ana)
    [run] = runs(harbor)
    assert (run.status, now(harbor, waiting).status) == ("awaiting_approval", "open")
    assert (
        harbor.client(harbor.second).post(harbor.url(f"action-history/{run.pk}/approve/"), headers=HTMX).status_code
        == 200
    )
    run = work(harbor, run)
    assert run.status == "running"
    assert now(harbor, waiting).representative_id == harbor.ana.pk
