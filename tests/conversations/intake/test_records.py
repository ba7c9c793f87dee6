"""Records taken in many at a time, and the same one at the same moment over two real connections."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from contact_center.tenancy.access import system_actor
from conversations.actions import perform
from conversations.intake import RecordParcel, look_at_records, receive_records, resolve_record
from conversations.models import Conversation, RecordItem
from conversations.rules import Action
from conversations.states import Status
from routing.kinds import Channel, Kind
from routing.models import OperatingHours, OverflowRule, Queue
from tests import factories, invariants
from tests.cast import make_cast
from tests.conversations.intake.test_concurrency import at_once

ROUNDS = 5


def parcel(external_id, **fields):
    fields.setdefault("queue", "Cases")
    return RecordParcel(external_id, "case", f"Case {external_id}", **fields)


def with_cases(cast):
    with cast.scope():
        queue = factories.make_queue("Cases", kind=Kind.RECORD)
        factories.make_work_stream(Channel.RECORD, queue=queue, slug="records")
    return queue


def receive(cast, *parcels):
    return receive_records(parcels, actor=system_actor(cast.organization), now=timezone.now())


# --- Many at a time ---


def test_each_gets_its_own_receipt_in_order(harbor):
    with_cases(harbor)
    with harbor.scope():
        receive(harbor, parcel("a"))
        found, opened, refused, repeated = receive(
            harbor, parcel("a"), parcel("b"), parcel("c", queue="Nowhere"), parcel("b")
        )
        assert (found.created, opened.created, repeated.created) == (False, True, False)
        assert opened.conversation == repeated.conversation
        assert refused.error is not None
        assert refused.error.fields == {"queue": "There is no queue “Nowhere”."}
        assert Conversation.objects.count() == RecordItem.objects.count() == 2
        invariants.assert_all()


def test_a_look_says_the_same_and_stores_nothing(harbor):
    with_cases(harbor)
    with harbor.scope():
        receive(harbor, parcel("a"))
        found, new, refused = look_at_records([parcel("a"), parcel("b"), parcel("c", work_stream="no-such")])
        assert (found.created, new.created, new.conversation, new.error) == (False, True, None, None)
        assert refused.error is not None
        assert RecordItem.objects.count() == 1


@pytest.mark.parametrize("count", [1, 50, 200])
def test_many_take_as_many_queries_as_one(harbor, count):
    with_cases(harbor)
    with harbor.scope():
        receive(harbor, parcel("warm"))
        with CaptureQueriesContext(connection) as one:
            receive(harbor, parcel("one"))
        with CaptureQueriesContext(connection) as captured:
            receive(harbor, *(parcel(f"many-{number}") for number in range(count)))
        assert len(captured) == len(one)


# --- Where the queue takes nothing now ---


def shut_by_rule(cast, cases, action, target=None):
    never = OperatingHours.objects.create(
        name="Not now", weekly={str((timezone.now() + timedelta(days=2)).weekday()): [["11:00", "11:01"]]}
    )
    Queue.objects.filter(pk=cases.pk).update(operating_hours=never)
    OverflowRule.objects.create(queue=cases, condition="outside_hours", action=action, target_queue=target)


def test_outside_the_hours_the_queues_rule_moves_records_on(harbor):
    cases = with_cases(harbor)
    with harbor.scope():
        late = factories.make_queue("Night shift", kind=Kind.RECORD)
        factories.make_representative(queues=[late], presence="offline")
        shut_by_rule(harbor, cases, "transfer", late)
        receipts = receive(harbor, parcel("a"), parcel("b"))
        assert [receipt.conversation.queue_id for receipt in receipts] == [late.pk, late.pk]
        assert set(Conversation.objects.values_list("queue_id", flat=True)) == {late.pk}
        invariants.assert_all()


@pytest.mark.parametrize("action", ["end", "assign_anyway"])
def test_no_rule_ends_a_record(harbor, action):
    cases = with_cases(harbor)
    with harbor.scope():
        shut_by_rule(harbor, cases, action)
        (receipt,) = receive(harbor, parcel("a"))
        row = Conversation.objects.get(pk=receipt.conversation.pk)
        assert (row.status, row.queue_id) == (Status.OPEN, cases.pk)


# --- At the same moment ---


@pytest.fixture
def cast():
    made = make_cast("harbor")
    with_cases(made)
    return made


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_the_same_record_twice_at_once_is_opened_once(cast):
    for round in range(ROUNDS):
        answers = at_once(cast, *(lambda: receive(cast, parcel(f"case-{round}"))[0] for _ in range(2)))  # noqa: B023
        assert sorted(answer.created for answer in answers) == [False, True], answers
        assert len({answer.conversation.pk for answer in answers}) == 1
    with cast.scope():
        assert Conversation.objects.count() == RecordItem.objects.count() == ROUNDS
        invariants.assert_all()


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_resolved_elsewhere_while_a_supervisor_removes_it_is_closed_once(cast):
    for round in range(ROUNDS):
        with cast.scope():
            row = receive(cast, parcel(f"case-{round}"))[0].conversation
        actor = cast.actor()
        resolved, removed = at_once(
            cast,
            lambda: resolve_record(row.pk, actor=system_actor(cast.organization), now=timezone.now()),  # noqa: B023
            lambda: perform(Action.REMOVE, [row.pk], actor=actor),  # noqa: B023
        )
        assert resolved.status == Status.CLOSED
        assert removed[0].outcome in ("succeeded", "skipped")
        with cast.scope():
            row.refresh_from_db()
            assert row.version == 2
            assert RecordItem.objects.get(pk=row.record_id).resolved_at is not None
            assert (row.status_reason == "removed") == (removed[0].outcome == "succeeded")
            invariants.assert_all()
