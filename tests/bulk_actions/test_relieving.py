"""Return to queue and Give to a colleague: what one person holds, all at once, each conversation with its outcome."""

import re

import pytest

from bulk_actions.models import BulkAction
from bulk_actions.states import RunStatus
from contact_center.audit.models import AuditEvent
from contact_center.tenancy.models import OrganizationSettings
from contact_center.tenancy.toggles import Toggle
from conversations.actions import perform
from conversations.models import Conversation, Notification, Offer
from conversations.rules import Action
from conversations.states import Phase, Status, StatusReason
from routing.kinds import Channel, Kind
from routing.models import Representative
from tests.bulk_actions.conftest import HTMX, fresh, outcomes, work
from tests.bulk_actions.work_item.conftest import key_of, notes, offered, runs, text
from tests.factories import make_conversation, make_conversations, make_queue, make_representative
from tests.invariants import assert_all

RETURN, GIVE = "return_to_queue", "give_to_colleague"


def post(cast, path, data, member=None):
    return cast.client(member).post(cast.url(f"conversations/actions/{path}"), data, headers=HTMX)


def open_dialog(cast, action, person, member=None):
    """As the buttons on the person's page do."""
    return post(cast, f"{action}/", {"all": "1", "query": f"representative={person.pk}"}, member)


def proceed(cast, action, dialog, member=None, **typed):
    return post(cast, f"{action}/start/", {"run_key": key_of(dialog), **typed}, member)


def all_of(person):
    return {row.pk: row.phase for row in Conversation.objects.filter(representative=person)}


@pytest.fixture
def ben(harbor):
    with harbor.scope():
        return make_representative("Ben Osei", queues=[harbor.orders, harbor.refunds], total_units=100)


@pytest.fixture
def held(harbor):
    """What Ana holds: two active chats, one waiting SMS, one in wrap-up, one record."""
    with harbor.scope():
        chats = make_conversations(2, status=Status.ACTIVE, queue=harbor.orders, representative=harbor.ana)
        waiting = make_conversation(
            status=Status.WAITING, queue=harbor.refunds, representative=harbor.ana, channel=Channel.SMS
        )
        over = make_conversation(status=Status.WRAP_UP, queue=harbor.orders, representative=harbor.ana)
        record = make_conversation(
            status=Status.ACTIVE,
            queue=make_queue("Cases", kind=Kind.RECORD),
            representative=harbor.ana,
            channel=Channel.RECORD,
        )
        return [*chats, waiting, over, record]


def test_a_persons_work_goes_back_to_its_queues_with_a_reason_for_what_does_not(harbor, held):
    dialog = open_dialog(harbor, RETURN, harbor.ana)
    words = text(dialog)
    assert "3 will be returned to their queues. 2 won’t." in words
    assert "goes to its queue by itself when they write" in words
    assert "Orders 2 come back, 0 waiting now" in words
    assert "Ana Ruiz is Available and may be offered them again" in words
    proceed(harbor, RETURN, dialog)
    [run] = runs(harbor)
    assert run.title == "Return to queue: 5 conversations of Ana Ruiz"
    run = work(harbor, run)
    assert (run.status, run.succeeded, run.skipped) == (RunStatus.COMPLETED, 3, 2)
    chat, _, waiting, over, record = held
    with harbor.scope():
        assert all_of(harbor.ana) == {waiting.pk: Phase.WAITING, over.pk: Phase.WRAP_UP}
        returned = Conversation.objects.get(pk=chat.pk)
        assert (returned.phase, returned.queue_id, returned.units_held) == (Phase.OPEN, harbor.orders.pk, 0)
        assert Conversation.objects.get(pk=record.pk).phase is Phase.OPEN
        [told] = Notification.objects.filter(membership=harbor.agent)
        assert told.title == "Conversations of yours went back to their queues"
        assert AuditEvent.objects.filter(operation_id=run.key, object_type="conversation").count() == 3
        assert_all()


def test_what_is_only_offered_to_the_person_goes_back_too_and_its_offer_is_withdrawn(harbor):
    with harbor.scope():
        offered_one = make_conversation(queue=harbor.orders)
        perform(
            Action.ASSIGN_TO_REPRESENTATIVE,
            [offered_one.pk],
            actor=harbor.actor(),
            parameters={"representative": harbor.ana.pk},
        )
        assert all_of(harbor.ana) == {offered_one.pk: Phase.AWAITING}
    dialog = open_dialog(harbor, RETURN, harbor.ana)
    proceed(harbor, RETURN, dialog)
    run = next(each for each in runs(harbor) if each.action == RETURN)
    work(harbor, run)
    with harbor.scope():
        row = Conversation.objects.get(pk=offered_one.pk)
        assert (row.phase, row.representative_id) == (Phase.OPEN, None)
        assert Offer.objects.get(conversation=offered_one).outcome == "withdrawn"
        assert_all()


def test_returning_can_be_done_without_the_transfer_toggle_and_giving_cannot(harbor, held):
    with harbor.scope():
        OrganizationSettings.objects.update(toggles=[Toggle.ASSIGN])
    words = text(open_dialog(harbor, RETURN, harbor.ana))
    assert "3 will be returned" in words
    assert "Return 3" in words
    words = text(open_dialog(harbor, GIVE, harbor.ana))
    assert "0 will be" in words
    assert "Supervisor Transfer is switched off" in words


def test_the_colleague_is_offered_all_of_it_and_each_answer_counts(harbor, held, ben):
    dialog = open_dialog(harbor, GIVE, harbor.ana)
    assert offered(dialog) == [ben.pk]
    assert notes(dialog) == ["Ben Osei is offered 4 conversations, 120 units, on top of 0. That exceeds by 20 units."]
    proceed(harbor, GIVE, dialog, representative=ben.pk)
    [run] = runs(harbor)
    run = work(harbor, run)
    assert run.title == "Give to Ben Osei: 5 conversations of Ana Ruiz"
    assert (run.status, run.skipped, run.enqueued_at) == (RunStatus.RUNNING, 1, None)
    page = text(harbor.client().get(harbor.url(f"action-history/{run.pk}/")))
    assert "0 of 4 done. The others are offered and await an answer." in page
    with harbor.scope():
        offers = list(Offer.objects.filter(representative=ben, outcome="pending").order_by("pk"))
        assert len(offers) == 4
        assert Representative.objects.get(pk=ben.pk).units_used == 120
        chats, rest = [each.pk for each in held[:2]], [held[2].pk, held[4].pk]
    answered_by(harbor, ben, "accept", chats)
    assert (fresh(harbor, run).status, fresh(harbor, run).succeeded) == (RunStatus.RUNNING, 2)
    answered_by(harbor, ben, "reject", rest)
    run = fresh(harbor, run)
    assert (run.status, run.succeeded, run.failed) == (RunStatus.COMPLETED_WITH_ERRORS, 2, 2)
    with harbor.scope():
        assert {row.representative_id for row in Conversation.objects.filter(pk__in=chats)} == {ben.pk}
        assert {row.representative_id for row in Conversation.objects.filter(pk__in=rest)} == {harbor.ana.pk}
        assert_all()


def answered_by(cast, person, verb, ids):
    """All of these in one write, as a person who answers."""
    with cast.scope():
        from_desk = cast.actor(cast.second)
        actor = type(from_desk)(
            **{name: getattr(from_desk, name) for name in from_desk.__dataclass_fields__}
            | {"representative_id": person.pk}
        )
        results = perform(Action(verb), ids, actor=actor)
        assert {result.outcome for result in results} == {"succeeded"}


def test_cancelling_takes_back_what_was_offered(harbor, held, ben):
    dialog = open_dialog(harbor, GIVE, harbor.ana)
    proceed(harbor, GIVE, dialog, representative=ben.pk)
    [run] = runs(harbor)
    work(harbor, run)
    harbor.client().post(harbor.url(f"action-history/{run.pk}/cancel/"), headers=HTMX)
    run = work(harbor, run)
    assert (run.status, run.succeeded, run.skipped) == (RunStatus.CANCELLED, 0, 5)
    with harbor.scope():
        assert not Offer.objects.filter(outcome="pending").exists()
        assert Representative.objects.get(pk=ben.pk).units_used == 0
        assert_all()


def test_what_was_rejected_can_be_given_again(harbor, held, ben):
    proceed(harbor, GIVE, open_dialog(harbor, GIVE, harbor.ana), representative=ben.pk)
    [run] = runs(harbor)
    work(harbor, run)
    with harbor.scope():
        ids = list(Offer.objects.filter(outcome="pending").values_list("conversation_id", flat=True))
    answered_by(harbor, ben, "reject", ids)
    assert fresh(harbor, run).status == RunStatus.FAILED
    again = harbor.client().post(harbor.url(f"action-history/{run.pk}/retry/"), headers=HTMX)
    assert "4 will be offered to the colleague" in text(again)


def test_a_scoped_supervisor_returns_what_they_see(harbor, held):
    words = text(open_dialog(harbor, RETURN, harbor.ana, member=harbor.scoped))
    assert "Orders" not in words
    assert "0 will be returned" in words or "can’t be returned" in words


def test_nobody_of_another_organization_reaches_them(harbor, summit, held, ben):
    dialog = open_dialog(harbor, GIVE, harbor.ana)
    foreign = summit.client().post(
        summit.url(f"conversations/actions/{GIVE}/start/"),
        {"run_key": key_of(dialog), "representative": ben.pk},
        headers=HTMX,
    )
    assert foreign.status_code == 404
    mine = proceed(harbor, GIVE, dialog, representative=summit.ana.pk)
    assert mine.status_code == 422
    assert "This choice is no longer offered" in text(mine)
    with harbor.scope():
        assert BulkAction.objects.get().status == RunStatus.PREVIEWED


def test_the_colleagues_are_filtered_by_name_and_others_are_shown_with_their_reasons(harbor, held, ben):
    with harbor.scope():
        make_representative("Chloé Martin", queues=[make_queue("Elsewhere")])
        make_representative("Dana Yu", queues=[harbor.orders], presence="offline")
    dialog = open_dialog(harbor, GIVE, harbor.ana)
    path, key = harbor.url(f"conversations/actions/{GIVE}/colleagues/"), key_of(dialog)
    usual = harbor.client().get(path, {"run_key": key}, headers=HTMX)
    assert names_of(usual) == ["Ben Osei"]
    everybody = harbor.client().get(path, {"run_key": key, "others": "1"}, headers=HTMX)
    assert names_of(everybody) == ["Ben Osei", "Chloé Martin", "Dana Yu"]
    assert "Doesn’t serve the queue of all of them." in text(everybody)
    named = harbor.client().get(path, {"run_key": key, "others": "1", "name": "chlo"}, headers=HTMX)
    assert names_of(named) == ["Chloé Martin"]


def names_of(response):
    return re.findall(r'class="choice__name">([^<]+)<', response.content.decode())


def test_outcomes_name_each_conversation(harbor, held):
    proceed(harbor, RETURN, open_dialog(harbor, RETURN, harbor.ana))
    [run] = runs(harbor)
    work(harbor, run)
    found = outcomes(harbor, run)
    assert found[held[2].pk] == ("skipped", "returns_by_itself")
    assert found[held[3].pk] == ("skipped", "is_wrap_up")


def test_a_conversation_awaiting_acceptance_is_returned_too(harbor):
    with harbor.scope():
        row = make_conversation(queue=harbor.orders)
        perform(
            Action.ASSIGN_TO_REPRESENTATIVE,
            [row.pk],
            actor=harbor.actor(),
            parameters={"representative": harbor.ana.pk},
        )
        assert Conversation.objects.get().status_reason == StatusReason.AWAITING_ACCEPTANCE
    proceed(harbor, RETURN, open_dialog(harbor, RETURN, harbor.ana))
    with harbor.scope():
        assert Conversation.objects.get().phase is Phase.OPEN
        assert Representative.objects.get(pk=harbor.ana.pk).units_used == 0
        assert_all()
