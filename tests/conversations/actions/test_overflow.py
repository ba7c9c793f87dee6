"""Overflow: closed, too full, waited too long; and who is past the doors."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from contact_center.audit.actions import AuditAction
from contact_center.audit.models import AuditEvent
from contact_center.tenancy.access import system_actor
from conversations import dispatch
from conversations.actions import perform
from conversations.actions.overflow import admit
from conversations.models import Conversation, Message, OutboxEntry, QueueSegment
from conversations.states import Status, StatusReason
from routing.kinds import Channel, Kind, Presence
from routing.models import OperatingHours, OverflowRule, QueueMember, Representative
from routing.overflow import CLOSED_LINE, FULL_LINE, WAITED_LINE
from tests import factories, invariants

NOW = timezone.now()


def shut(queue):
    """Open for one minute, the day after tomorrow."""
    weekly = {str((NOW + timedelta(days=2)).weekday()): [["11:00", "11:01"]]}
    queue.operating_hours = OperatingHours.objects.create(name="Not now", weekly=weekly)
    queue.save()


def rule(queue, condition, action, *, limit=None, target=None):
    return OverflowRule.objects.create(
        queue=queue, condition=condition, action=action, limit=limit, target_queue=target
    )


def arrive(cast, *rows):
    return admit([row.pk for row in rows], actor=system_actor(cast.organization), now=NOW)


def sweep(cast, now=NOW):
    dispatch.run(actor=system_actor(cast.organization), now=now)


def state(row):
    row.refresh_from_db()
    return row.status, row.queue_id


@pytest.fixture
def nobody(harbor):
    """Nobody is there to be offered anything."""
    with harbor.scope():
        Representative.objects.update(presence=Presence.OFFLINE)


# --- closed ---


def test_a_live_chat_that_arrives_outside_the_hours_is_told_and_closed(harbor):
    with harbor.scope():
        shut(harbor.orders)
        row = factories.make_conversation(queue=harbor.orders)
        assert arrive(harbor, row) == {row.pk}
        row.refresh_from_db()
        assert (row.status, row.status_reason) == (Status.CLOSED, StatusReason.OVERFLOW)
        message = Message.objects.get(conversation=row)
        assert (message.text, message.author, message.visibility) == (CLOSED_LINE, "system", "public")
        assert OutboxEntry.objects.filter(message=message).count() == 1
        assert AuditEvent.objects.filter(action=AuditAction.OVERFLOWED, conversation_id=row.pk).count() == 1
        invariants.assert_all()


def test_the_queues_own_message_is_told(harbor):
    with harbor.scope():
        shut(harbor.orders)
        harbor.orders.customer_message = "We celebrate today."
        harbor.orders.save()
        row = factories.make_conversation(queue=harbor.orders)
        arrive(harbor, row)
        assert Message.objects.get(conversation=row).text == "We celebrate today."


@pytest.mark.parametrize("channel", [Channel.SMS, Channel.VOICE, Channel.RECORD])
def test_everything_else_is_held(harbor, channel):
    with harbor.scope():
        shut(harbor.orders)
        row = factories.make_conversation(channel=channel, queue=harbor.orders)
        assert arrive(harbor, row) == set()
        assert state(row) == (Status.OPEN, harbor.orders.pk)


def test_a_live_chat_still_waiting_when_the_queue_closes_is_told_and_closed(harbor):
    with harbor.scope():
        chat = factories.make_conversation(queue=harbor.orders)
        held = factories.make_conversation(channel=Channel.SMS, queue=harbor.orders)
        shut(harbor.orders)
        sweep(harbor)
        assert (state(chat)[0], state(held)[0]) == (Status.CLOSED, Status.OPEN)


def test_what_a_supervisor_put_into_a_closed_queue_stays(harbor):
    with harbor.scope():
        shut(harbor.refunds)
        row = factories.make_conversation(queue=harbor.orders)
        perform("assign_to_queue", [row.pk], actor=harbor.actor(), parameters={"queue": harbor.refunds.pk}, single=True)
        sweep(harbor)
        assert state(row) == (Status.OPEN, harbor.refunds.pk)


@pytest.mark.parametrize(
    ("channel", "action", "status"),
    [
        (Channel.LIVE_CHAT, "assign_anyway", Status.OPEN),
        (Channel.LIVE_CHAT, "end", Status.CLOSED),
        (Channel.SMS, "end", Status.CLOSED),
        (Channel.RECORD, "end", Status.OPEN),
    ],
)
def test_a_rule_for_outside_the_hours_decides_instead(harbor, channel, action, status):
    with harbor.scope():
        shut(harbor.orders)
        rule(harbor.orders, "outside_hours", action)
        row = factories.make_conversation(channel=channel, queue=harbor.orders)
        arrive(harbor, row)
        assert state(row) == (status, harbor.orders.pk)


def test_a_closed_queue_may_send_on_to_one_that_is_open(harbor):
    with harbor.scope():
        shut(harbor.orders)
        rule(harbor.orders, "outside_hours", "transfer", target=harbor.refunds)
        row = factories.make_conversation(queue=harbor.orders)
        arrive(harbor, row)
        assert state(row) == (Status.OPEN, harbor.refunds.pk)
        segment = QueueSegment.objects.get(conversation=row, left_at=None)
        assert (segment.entry, segment.source_queue_id) == (QueueSegment.Entry.OVERFLOW, harbor.orders.pk)
        invariants.assert_all()


@pytest.mark.parametrize("fault", ["inactive", "no members", "other kind", "closed too", "itself"])
def test_a_target_that_can_not_take_it_is_not_used(harbor, fault):
    with harbor.scope():
        shut(harbor.orders)
        target = harbor.refunds
        if fault == "inactive":
            target.is_active = False
        elif fault == "no members":
            QueueMember.objects.filter(queue=target).delete()
        elif fault == "other kind":
            target.kind = Kind.VOICE
        elif fault == "closed too":
            shut(target)
        else:
            target = harbor.orders
        target.save()
        rule(harbor.orders, "outside_hours", "transfer", target=target)
        row = factories.make_conversation(channel=Channel.SMS, queue=harbor.orders)
        arrive(harbor, row)
        assert state(row) == (Status.OPEN, harbor.orders.pk)


# --- too full ---


def test_the_queues_size_counts_at_the_door(harbor, nobody):
    with harbor.scope():
        rule(harbor.orders, "queue_size", "transfer", limit=3, target=harbor.refunds)
        factories.make_conversations(2, queue=harbor.orders)
        arriving = factories.make_conversations(3, queue=harbor.orders)
        arrive(harbor, *arriving)
        assert [state(row)[1] for row in arriving] == [harbor.orders.pk, harbor.refunds.pk, harbor.refunds.pk]
        sweep(harbor)
        assert [state(row)[1] for row in arriving] == [harbor.orders.pk, harbor.refunds.pk, harbor.refunds.pk]
        invariants.assert_all()


def test_a_full_queue_may_turn_away_with_a_word(harbor):
    with harbor.scope():
        rule(harbor.orders, "queue_size", "end", limit=1)
        factories.make_conversation(queue=harbor.orders)
        row = factories.make_conversation(queue=harbor.orders)
        arrive(harbor, row)
        assert state(row)[0] == Status.CLOSED
        assert Message.objects.get(conversation=row).text == FULL_LINE


def test_the_size_does_not_count_for_what_a_supervisor_assigns(harbor, nobody):
    with harbor.scope():
        rule(harbor.refunds, "queue_size", "end", limit=0)
        row = factories.make_conversation(queue=harbor.orders)
        perform("assign_to_queue", [row.pk], actor=harbor.actor(), parameters={"queue": harbor.refunds.pk}, single=True)
        sweep(harbor)
        assert state(row) == (Status.OPEN, harbor.refunds.pk)


# --- waited too long ---


@pytest.mark.parametrize(("waited", "moves"), [(599, False), (600, True)])
def test_what_waits_too_long_is_moved_even_after_a_supervisors_assignment(harbor, nobody, waited, moves):
    with harbor.scope():
        rule(harbor.refunds, "wait", "transfer", limit=600, target=harbor.orders)
        row = factories.make_conversation(queue=harbor.orders)
        perform("assign_to_queue", [row.pk], actor=harbor.actor(), parameters={"queue": harbor.refunds.pk}, now=NOW)
        sweep(harbor, NOW + timedelta(seconds=waited))
        assert state(row)[1] == (harbor.orders.pk if moves else harbor.refunds.pk)
        invariants.assert_all()


def test_what_a_rule_can_not_move_holds_up_no_other_queue(harbor, nobody, monkeypatch):
    """Its target is closed, so it stays; the sweep looks at so many rows, the longest wait first."""
    monkeypatch.setattr(dispatch, "AT_ONCE", 2)
    with harbor.scope():
        closed, elsewhere, target = (factories.make_queue(name) for name in ("Closed", "Elsewhere", "Target"))
        for queue in (closed, elsewhere, target):
            factories.make_representative(queues=[queue], presence=Presence.OFFLINE)
        shut(closed)
        rule(harbor.orders, "wait", "transfer", limit=60, target=closed)
        rule(elsewhere, "wait", "transfer", limit=60, target=target)
        hours_ago = NOW - timedelta(hours=3)
        factories.make_conversations(3, channel=Channel.SMS, queue=harbor.orders, created_at=hours_ago)
        row = factories.make_conversation(channel=Channel.SMS, queue=elsewhere, created_at=NOW - timedelta(minutes=5))
        sweep(harbor)
        assert state(row) == (Status.OPEN, target.pk)


def test_live_chats_that_a_rule_keeps_in_a_closed_queue_hold_up_no_other(harbor, nobody, monkeypatch):
    monkeypatch.setattr(dispatch, "AT_ONCE", 2)
    with harbor.scope():
        keeps = factories.make_queue("Keeps")
        shut(keeps)
        rule(keeps, "outside_hours", "assign_anyway")
        factories.make_conversations(3, queue=keeps, created_at=NOW - timedelta(hours=3))
        ends = factories.make_queue("Ends")
        shut(ends)
        row = factories.make_conversation(queue=ends, created_at=NOW - timedelta(minutes=5))
        sweep(harbor)
        assert state(row)[0] == Status.CLOSED


def test_what_waits_too_long_may_end_with_a_word(harbor, nobody):
    with harbor.scope():
        rule(harbor.orders, "wait", "end", limit=60)
        row = factories.make_conversation(queue=harbor.orders)
        sweep(harbor)
        assert state(row)[0] == Status.CLOSED
        assert Message.objects.get(conversation=row).text == WAITED_LINE


def test_what_somebody_holds_does_not_wait(harbor):
    with harbor.scope():
        rule(harbor.orders, "wait", "end", limit=60)
        row = factories.make_conversation(queue=harbor.orders, status=Status.ACTIVE)
        sweep(harbor)
        assert state(row)[0] == Status.ACTIVE


def test_another_organizations_rules_and_conversations_are_left_alone(harbor, summit):
    with summit.scope():
        rule(summit.orders, "wait", "end", limit=1)
        foreign = factories.make_conversation(queue=summit.orders)
    with harbor.scope():
        assert arrive(harbor, foreign) == set()
        sweep(harbor)
    with summit.scope():
        assert Conversation.objects.get(pk=foreign.pk).status == Status.OPEN


def test_queues_without_rules_cost_one_query_at_the_door(harbor):
    with harbor.scope():
        rows = factories.make_conversations(20, queue=harbor.orders)
        with CaptureQueriesContext(connection) as queries:
            assert arrive(harbor, *rows) == set()
        assert len(queries) == 1
