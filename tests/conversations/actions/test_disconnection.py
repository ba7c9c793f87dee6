"""T16: what a representative holds whose desk is lost goes back to its queue when they don't return in time."""

from datetime import timedelta

import pytest
from django.utils import timezone

from contact_center.audit.actions import AuditAction
from contact_center.audit.models import AuditEvent
from contact_center.tenancy.access import system_actor
from contact_center.tenancy.roles import Role
from conversations.actions import perform
from conversations.actions.disconnection import run_due
from conversations.models import Conversation, Notification, OutboxEntry, QueueSegment, Session
from conversations.states import SessionClosure, Status, StatusReason
from routing.desk_line import GRACE, SILENT_AFTER, at_desk
from routing.kinds import Channel, Presence
from routing.models import Representative
from tests import factories, invariants

NOW = timezone.now()
QUERIES = 26


def seen(cast, at=NOW, person=None):
    at_desk(Representative.objects.get(pk=(person or cast.ana).pk), now=at)


def run(cast, after):
    return run_due(actor=system_actor(cast.organization), now=NOW + after)


def held(cast, channel=Channel.LIVE_CHAT, status=Status.ACTIVE, **fields):
    return factories.make_conversation(channel=channel, status=status, representative=cast.ana, **fields)


def is_lost(cast):
    seen(cast)
    run(cast, SILENT_AFTER)


@pytest.mark.parametrize("channel", [Channel.LIVE_CHAT, Channel.SMS, Channel.PERSISTENT_CHAT, Channel.VOICE])
def test_after_the_reconnect_window_a_conversation_is_open_again_in_its_queue(harbor, channel):
    with harbor.scope():
        row = held(harbor, channel)
        is_lost(harbor)
        assert run(harbor, GRACE - timedelta(seconds=1)) == 0
        assert run(harbor, GRACE) == 1
        row.refresh_from_db()
        assert (row.status, row.status_reason) == (Status.OPEN, StatusReason.AWAITING_ASSIGNMENT)
        assert (row.representative_id, row.queued_at, row.units_held) == (None, NOW + GRACE, 0)
        closures = Session.objects.filter(conversation=row).exclude(closed_at=None).values_list("closure", flat=True)
        assert list(closures) == [SessionClosure.DISCONNECTED]
        assert QueueSegment.objects.get(conversation=row, left_at=None).entry == QueueSegment.Entry.RETURNED
        ana = Representative.objects.get(pk=harbor.ana.pk)
        assert (ana.units_used, ana.presence, ana.desk_due_at) == (0, Presence.OFFLINE, None)
        invariants.assert_all()


def test_it_is_audited_told_and_reported_once(harbor):
    with harbor.scope():
        row = held(harbor)
        is_lost(harbor)
        assert [run(harbor, GRACE + timedelta(seconds=n)) for n in range(3)] == [1, 0, 0]
        event = AuditEvent.objects.get(action=AuditAction.REPRESENTATIVE_DISCONNECTED)
        assert (event.conversation_id, event.before["status"], event.after["status"]) == (row.pk, "active", "open")
        assert Notification.objects.get(membership=harbor.agent).title == f"{row.number} went back to its queue"
        assert not OutboxEntry.objects.filter(kind=OutboxEntry.Kind.CUSTOMER_MESSAGE).exists()


def test_whoever_returns_in_time_keeps_everything(harbor):
    with harbor.scope():
        row = held(harbor)
        is_lost(harbor)
        seen(harbor, NOW + GRACE - timedelta(seconds=1))
        assert run(harbor, GRACE) == 0
        row.refresh_from_db()
        assert (row.status, row.representative_id) == (Status.ACTIVE, harbor.ana.pk)


@pytest.mark.parametrize(
    ("channel", "status"),
    [
        (Channel.RECORD, Status.ACTIVE),
        (Channel.SMS, Status.WAITING),
        (Channel.LIVE_CHAT, Status.WRAP_UP),
    ],
)
def test_records_waiting_and_wrap_up_stay_with_their_representative(harbor, channel, status):
    with harbor.scope():
        row = held(harbor, channel, status)
        is_lost(harbor)
        assert run(harbor, GRACE) == 0
        row.refresh_from_db()
        assert (row.status, row.representative_id) == (status, harbor.ana.pk)


def test_what_is_being_transferred_waits_for_the_answer(harbor):
    with harbor.scope():
        member = factories.make_member("ben@harbor.example", Role.REPRESENTATIVE)
        ben = factories.make_representative("Ben Osei", queues=[harbor.orders], membership=member)
        row = held(harbor, queue=harbor.orders)
        transfer = {"representative": ben.pk}
        (result,) = perform(
            "transfer_to_representative", [row.pk], actor=harbor.actor(), parameters=transfer, now=NOW + SILENT_AFTER
        )
        assert result.outcome == "succeeded"
        is_lost(harbor)
        assert run(harbor, GRACE) == 0
        assert Conversation.objects.get(pk=row.pk).transfer_pending
        perform("reject", [row.pk], actor=harbor.actor(member), now=NOW + GRACE)
        assert run(harbor, GRACE + timedelta(seconds=30)) == 1
        invariants.assert_all()


@pytest.mark.parametrize("count", [1, 5])
def test_many_conversations_take_as_many_queries_as_one(harbor, django_assert_num_queries, count):
    with harbor.scope():
        for _ in range(count):
            held(harbor)
        is_lost(harbor)
        with django_assert_num_queries(QUERIES):
            assert run(harbor, GRACE) == count
        invariants.assert_all()


def test_another_organizations_conversations_stay(harbor, summit):
    with summit.scope():
        row = held(summit)
        is_lost(summit)
    with harbor.scope():
        assert run(harbor, GRACE) == 0
    with summit.scope():
        assert Conversation.objects.get(pk=row.pk).status == Status.ACTIVE
