"""A representative's own transfer: whom it offers, what it starts, who is told, who stays as a consultant."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from contact_center.tenancy.models import OrganizationSettings
from contact_center.tenancy.roles import Role
from conversations.actions import perform
from conversations.actions.lifecycle import run_due_timers
from conversations.models import Conversation, Message, Notification, Offer, Participant, QueueSegment, Session
from conversations.states import OfferOutcome, Status
from routing.kinds import Channel, Presence
from tests import factories, invariants

HTMX = {"HX-Request": "true"}
DIALOG_QUERIES = 21


@pytest.fixture
def ben(harbor):
    with harbor.scope():
        member = factories.make_member("ben@harbor.example", Role.REPRESENTATIVE)
        return factories.make_representative("Ben Osei", queues=[harbor.orders], membership=member)


@pytest.fixture
def held(harbor):
    with harbor.scope():
        return factories.make_conversation(
            queue=harbor.orders, status=Status.ACTIVE, representative=harbor.ana, subject="Wrong size"
        )


def get(cast, row, part="", member=None, **typed):
    url = cast.url(f"desk/conversations/{row.pk}/transfer/{part}")
    return cast.client(member or cast.agent).get(url, typed, headers=HTMX)


def start(cast, row, member=None, **data):
    data = {"version": row.version, "c": row.pk} | data
    url = cast.url(f"desk/conversations/{row.pk}/transfer/start/")
    return cast.client(member or cast.agent).post(url, data, headers=HTMX)


def to_person(cast, row, person, **data):
    return start(cast, row, choice="transfer_own", representative=person.pk, **data)


def to_queue(cast, row, queue, **data):
    return start(cast, row, choice="transfer_own_to_queue", queue=queue.pk, **data)


def act(cast, row, action, member, **data):
    url = cast.url(f"desk/conversations/{row.pk}/{action}/")
    return cast.client(member).post(url, {"version": now(cast, row).version, **data}, headers=HTMX)


def now(cast, row):
    with cast.scope():
        invariants.assert_all()
        return Conversation.objects.get(pk=row.pk)


def desk(cast, row, member=None):
    return cast.client(member or cast.agent).get(cast.url(f"desk/?c={row.pk}")).content.decode()


def told(cast, member):
    with cast.scope():
        return list(Notification.objects.filter(membership=member).order_by("pk").values_list("kind", "title"))


def offered(response, name):
    return [int(pk) for pk in re.findall(rf'type="radio" name="{name}" value="(\d+)"(?![^>]*disabled)', text(response))]


def text(response):
    return response.content.decode()


# --- The dialog ---


def test_it_offers_colleagues_and_queues_but_not_oneself_and_not_the_queue_it_is_in(harbor, ben, held):
    response = get(harbor, held)
    assert response.status_code == 200
    assert "Transfer work item" in text(response)
    assert offered(response, "representative") == [ben.pk]
    assert offered(response, "queue") == [harbor.refunds.pk]


def test_its_lists_narrow_on_the_server(harbor, ben, held):
    with harbor.scope():
        away = factories.make_representative("Chloé Martin", queues=[harbor.orders], presence=Presence.AWAY)
    assert offered(get(harbor, held, "people/", name="ben"), "representative") == [ben.pk]
    assert offered(get(harbor, held, "people/", others="1"), "representative") == [ben.pk, away.pk]
    assert offered(get(harbor, held, "queues/", queue_name="zzz"), "queue") == []


@pytest.mark.parametrize("part", ["", "people/", "queues/"])
def test_the_dialog_is_for_ones_own_in_conversation(harbor, summit, ben, held, part):
    with harbor.scope():
        anothers = factories.make_conversation(queue=harbor.orders, status=Status.ACTIVE, subject="Secret")
        elsewhere = factories.make_conversation(queue=factories.make_queue("Elsewhere"), status=Status.ACTIVE)
        ended = factories.make_conversation(queue=harbor.orders, status=Status.WRAP_UP, representative=harbor.ana)
    with summit.scope():
        foreign = factories.make_conversation(queue=summit.orders, status=Status.ACTIVE)
    assert get(harbor, anothers, part).status_code == 403
    assert "Secret" not in text(get(harbor, anothers, part))
    assert get(harbor, elsewhere, part).status_code == 404
    assert get(harbor, foreign, part).status_code == 404
    assert "in wrap-up" in text(get(harbor, ended, part))
    assert get(harbor, held, part, member=summit.agent).status_code == 404
    assert get(harbor, held, part, member=harbor.supervisor).status_code == 403


@pytest.mark.parametrize("count", [1, 40])
def test_it_is_read_in_a_fixed_number_of_queries(harbor, held, django_assert_num_queries, count):
    with harbor.scope():
        for _ in range(count):
            factories.make_representative(queues=[harbor.orders, factories.make_queue()])
    client, url = harbor.client(harbor.agent), harbor.url(f"desk/conversations/{held.pk}/transfer/")
    client.get(url)
    with django_assert_num_queries(DIALOG_QUERIES):
        client.get(url)


# --- To a colleague ---


def test_until_it_is_accepted_nothing_changes_but_that_a_transfer_is_pending(harbor, ben, held):
    response = to_person(harbor, held, ben)
    assert response.status_code == 200
    assert response["HX-Trigger-After-Settle"] == "dialog:close"
    assert "Offered to Ben Osei. It stays with you until they accept." in text(response)
    row = now(harbor, held)
    assert (row.status, row.representative_id, row.transfer_pending) == (Status.ACTIVE, harbor.ana.pk, True)
    assert "Transfer from Ana Ruiz" in desk(harbor, held, ben.membership)
    assert 'data-kind="left"' in desk(harbor, held)
    assert "transfer pending" in desk(harbor, held)
    assert act(harbor, held, "reply", harbor.agent, text="One moment", c=held.pk).status_code == 200
    again = to_person(harbor, now(harbor, held), ben)
    assert again.status_code == 403
    assert "A transfer is waiting for an answer already." in text(again)


def test_accepted_the_second_holds_it_and_the_first_stays_as_a_consultant(harbor, ben, held):
    to_person(harbor, held, ben)
    assert act(harbor, held, "accept", ben.membership).status_code == 200
    row = now(harbor, held)
    assert (row.representative_id, row.transfer_pending, row.transfer_count) == (ben.pk, False, 1)
    assert told(harbor, harbor.agent) == [("transfer_accepted", f"Ben Osei accepted {row.number}")]
    with harbor.scope():
        assert Session.objects.filter(closure="AgentTransferred").count() == 1
        joined = Participant.objects.get(representative=ben, mode=Participant.Mode.PRIMARY)
        assert joined.assign_reason == "AgentTransfer"
        assert Participant.objects.filter(representative=harbor.ana, mode="consult", left_at=None).count() == 1
    assert "Ana Ruiz is a consultant" in desk(harbor, held, ben.membership)
    assert "Ben Osei holds it" in desk(harbor, held)


@pytest.mark.parametrize("timed_out", [False, True])
def test_rejected_or_missed_nothing_changes_and_the_first_is_told_once(harbor, ben, held, timed_out):
    to_person(harbor, held, ben)
    if timed_out:
        with harbor.scope():
            run_due_timers(actor=harbor.actor(), now=timezone.now() + timedelta(minutes=10))
    else:
        assert act(harbor, held, "reject", ben.membership).status_code == 200
    row = now(harbor, held)
    assert (row.status, row.representative_id, row.transfer_pending) == (Status.ACTIVE, harbor.ana.pk, False)
    kind = "offer_timed_out" if timed_out else "offer_rejected"
    assert [each for each, _ in told(harbor, harbor.agent)] == [kind]
    missed = [("offer_missed", f"You missed the transfer of {row.number}")] if timed_out else []
    assert told(harbor, ben.membership) == missed
    assert to_person(harbor, row, ben).status_code == 200


def test_ending_it_meanwhile_withdraws_the_offer(harbor, ben, held):
    to_person(harbor, held, ben)
    assert act(harbor, held, "end", harbor.agent).status_code == 200
    now(harbor, held)
    with harbor.scope():
        assert Offer.objects.get().outcome == OfferOutcome.WITHDRAWN


@pytest.mark.parametrize("data", [{}, {"representative": ""}, {"representative": "x"}, {"representative": "999999"}])
def test_without_a_choice_the_dialog_stays_and_says_so(harbor, held, data):
    response = start(harbor, held, choice="transfer_own", **data)
    assert response.status_code == 422
    assert response["HX-Reswap"] == "none"
    assert "Choose a representative." in text(response)


def test_neither_oneself_nor_an_ai_agent_nor_a_stranger_can_be_chosen(harbor, summit, held):
    with harbor.scope():
        bot = factories.make_representative("Bot", type="ai_agent")
    assert "already with this representative" in text(to_person(harbor, held, harbor.ana))
    assert "AI agents can&#x27;t be" in text(to_person(harbor, held, bot))
    assert to_person(harbor, held, summit.ana).status_code == 422
    assert not now(harbor, held).transfer_pending


# --- To a queue ---


def test_to_a_queue_it_leaves_the_desk_and_is_open_there(harbor, ben, held):
    response = to_queue(harbor, held, harbor.refunds)
    assert response["HX-Push-Url"] == harbor.url("desk/")
    assert "Transferred to Refunds." in text(response)
    row = now(harbor, held)
    assert (row.status, row.queue_id, row.representative_id) == (Status.OPEN, harbor.refunds.pk, None)
    with harbor.scope():
        assert QueueSegment.objects.get(left_at=None).entry == QueueSegment.Entry.TRANSFER


def test_queues_of_another_kind_without_members_or_of_strangers_are_refused(harbor, summit, held):
    with harbor.scope():
        empty = factories.make_queue("Empty")
        calls = factories.make_conversation(channel=Channel.VOICE).queue
    assert "The queue has no members." in text(to_queue(harbor, held, empty))
    assert "takes another kind of work" in text(to_queue(harbor, held, calls))
    assert "already in this queue" in text(to_queue(harbor, held, harbor.orders))
    assert to_queue(harbor, held, summit.orders).status_code == 422
    assert now(harbor, held).queue_id == harbor.orders.pk


# --- Who may start it ---


def test_anothers_a_foreign_one_and_a_stale_one_are_left_alone(harbor, summit, ben, held):
    with harbor.scope():
        anothers = factories.make_conversation(queue=harbor.orders, status=Status.ACTIVE)
    with summit.scope():
        foreign = factories.make_conversation(queue=summit.orders, status=Status.ACTIVE)
    assert to_person(harbor, anothers, ben).status_code == 403
    assert to_person(harbor, foreign, ben).status_code == 404
    assert start(harbor, held, choice="force_close").status_code == 404
    assert start(harbor, held).status_code == 404
    assert to_person(harbor, held, ben, version=999).status_code == 409
    assert start(harbor, held, summit.agent, choice="transfer_own", representative=ben.pk).status_code == 404
    assert start(harbor, held, harbor.supervisor, choice="transfer_own", representative=ben.pk).status_code == 403
    with harbor.scope():
        assert not Offer.objects.exists()


# --- As a consultant ---


@pytest.fixture
def consulted(harbor, ben, held):
    """Ana handed it to Ben and stayed."""
    with harbor.scope():
        factories.make_message(held, "Is it coming?")
    to_person(harbor, held, ben)
    act(harbor, held, "accept", ben.membership)
    return held


def test_a_consultant_reads_no_card_numbers(harbor, ben, consulted):
    with harbor.scope():
        factories.make_message(consulted, "It is 4111 1111 1111 1111")
    assert "It is •••• 1111" in desk(harbor, consulted)
    assert "It is 4111 1111 1111 1111" in desk(harbor, consulted, ben.membership)


def test_a_consultant_reads_and_writes_notes_but_neither_replies_nor_ends(harbor, consulted):
    page = desk(harbor, consulted)
    assert "Consulting" in page
    assert "Is it coming?" in page
    assert (
        act(harbor, consulted, "internal_note", harbor.agent, text="Try the depot", c=consulted.pk).status_code == 200
    )
    for action in ("reply", "end", "release_own"):
        assert act(harbor, consulted, action, harbor.agent, text="Hello").status_code == 403
    assert get(harbor, consulted).status_code == 403
    with harbor.scope():
        notes = Message.objects.filter(author="representative")
        assert [(note.text, note.visibility) for note in notes] == [("Try the depot", "internal")]


def test_card_numbers_are_for_who_handles_it_alone(harbor, ben, consulted):
    with harbor.scope():
        factories.make_message(consulted, "My card is 4111 1111 1111 1111.")
    assert "4111 1111 1111 1111" in desk(harbor, consulted, ben.membership)
    assert "4111 1111" not in desk(harbor, consulted)
    assert "•••• 1111" in desk(harbor, consulted)


def test_a_consultant_leaves_and_reads_no_more(harbor, ben, consulted):
    response = act(harbor, consulted, "leave_consultation", harbor.agent, c=consulted.pk)
    assert response["HX-Push-Url"] == harbor.url("desk/")
    assert "Is it coming?" not in desk(harbor, consulted)
    assert "Ana Ruiz is a consultant" not in desk(harbor, consulted, ben.membership)
    assert "left the conversation." in desk(harbor, consulted, ben.membership)
    assert now(harbor, consulted).representative_id == ben.pk
    again = act(harbor, consulted, "leave_consultation", harbor.agent)
    assert "You aren&#x27;t a consultant in it." in text(again)
    assert act(harbor, consulted, "internal_note", harbor.agent, text="One more").status_code == 403


def test_handed_back_the_consultant_holds_it_and_the_other_consults(harbor, ben, consulted):
    row = now(harbor, consulted)
    start(harbor, row, ben.membership, choice="transfer_own", representative=harbor.ana.pk)
    assert act(harbor, consulted, "accept", harbor.agent).status_code == 200
    assert now(harbor, consulted).representative_id == harbor.ana.pk
    with harbor.scope():
        consultants = Participant.objects.filter(mode="consult", left_at=None)
        assert [each.representative_id for each in consultants] == [ben.pk]


@pytest.mark.parametrize(("seen", "found"), [(True, True), (False, False)])
def test_a_supervisor_who_monitors_is_named_where_the_organization_allows(harbor, held, seen, found):
    with harbor.scope():
        OrganizationSettings.objects.update(representatives_see_monitoring=seen)
        Participant.objects.create(
            conversation=held, membership=harbor.supervisor, mode="monitor", joined_at=timezone.now()
        )
    assert ("is monitoring" in desk(harbor, held)) is found


def test_a_supervisor_who_joined_is_named_once(harbor, held):
    with harbor.scope():
        for mode in ("monitor", "consult"):
            Participant.objects.create(
                conversation=held, membership=harbor.supervisor, mode=mode, joined_at=timezone.now()
            )
    head = desk(harbor, held)
    assert "Supervisor is a consultant" in head
    assert "is monitoring" not in head


def test_a_transfer_by_a_supervisor_shows_as_pending_too(harbor, ben, held):
    with harbor.scope():
        parameters = {"representative": ben.pk}
        perform("transfer_to_representative", [held.pk], actor=harbor.actor(), parameters=parameters, single=True)
    assert "Offered to Ben Osei" in desk(harbor, held)
