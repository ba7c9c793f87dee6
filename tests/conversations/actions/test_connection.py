"""Customers who close their chat page: noted by rows, and the conversation left after the reconnect window."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from contact_center.tenancy.access import system_actor
from conversations.actions.automatic import AWAY_LINE
from conversations.actions.connection import customer_seen
from conversations.actions.drafts import Said
from conversations.actions.lifecycle import customer_wrote, run_due_timers
from conversations.models import Conversation, Message
from conversations.states import Status, StatusReason
from routing.kinds import Channel
from tests import factories, invariants

NOW = timezone.now()


def time_passes(cast, now):
    return run_due_timers(actor=system_actor(cast.organization), now=now)


def seen(row, seconds_ago):
    row.customer_seen_at = NOW - timedelta(seconds=seconds_ago)
    row.save()


def fresh(row):
    return Conversation.objects.get(pk=row.pk)


def test_an_open_page_is_written_down_twice_a_minute_at_most(harbor):
    with harbor.scope():
        row = factories.make_conversation()
        writes = []
        for second in range(0, 60, 2):
            with CaptureQueriesContext(connection) as queries:
                customer_seen(fresh(row), now=NOW + timedelta(seconds=second))
            writes += [query for query in queries if query["sql"].startswith("UPDATE")]
        assert len(writes) == 2
        assert fresh(row).row_stamp == row.row_stamp


def test_a_page_that_stopped_asking_means_that_the_customer_is_away_since_then(harbor):
    with harbor.scope():
        silent, open_ = factories.make_conversations(2, status=Status.ACTIVE)
        seen(silent, 80)
        seen(open_, 60)
        assert time_passes(harbor, NOW) == 0
        assert (fresh(silent).customer_connected, fresh(open_).customer_connected) == (False, True)
        assert fresh(silent).customer_disconnected_at == NOW - timedelta(seconds=80)
        assert fresh(silent).row_stamp > silent.row_stamp


def test_who_comes_back_within_the_window_goes_on(harbor):
    with harbor.scope():
        row = factories.make_conversation(status=Status.ACTIVE)
        seen(row, 100)
        time_passes(harbor, NOW)
        customer_seen(fresh(row), now=NOW + timedelta(seconds=60))
        assert fresh(row).customer_connected
        assert time_passes(harbor, NOW + timedelta(seconds=119)) == 0
        assert fresh(row).status == Status.ACTIVE


@pytest.mark.parametrize(
    ("status", "becomes", "reason", "abandoned"),
    [
        (Status.ACTIVE, Status.WRAP_UP, StatusReason.CUSTOMER_DISCONNECTED, False),
        (Status.OPEN, Status.CLOSED, StatusReason.CUSTOMER_LEFT_OPEN, True),
    ],
)
def test_who_stays_away_leaves_the_conversation(harbor, status, becomes, reason, abandoned):
    with harbor.scope():
        row = factories.make_conversation(status=status)
        seen(row, 100)
        time_passes(harbor, NOW)
        assert time_passes(harbor, NOW + timedelta(seconds=79)) == 0
        assert time_passes(harbor, NOW + timedelta(seconds=80)) == 1
        left = fresh(row)
        assert (left.status, left.status_reason, left.is_abandoned) == (becomes, reason, abandoned)
        assert Message.objects.get(conversation=row).text == AWAY_LINE
        invariants.assert_all()


def test_a_message_from_elsewhere_says_that_they_are_there(harbor):
    with harbor.scope():
        row = factories.make_conversation(
            status=Status.ACTIVE, customer_connected=False, customer_disconnected_at=NOW - timedelta(seconds=170)
        )
        customer_wrote([Said(row.pk, "", "Still here")], actor=harbor.actor(), now=NOW)
        assert time_passes(harbor, NOW + timedelta(seconds=20)) == 0


@pytest.mark.parametrize(
    ("channel", "status"),
    [(Channel.PERSISTENT_CHAT, Status.OPEN), (Channel.PERSISTENT_CHAT, Status.ACTIVE), (Channel.LIVE_CHAT, "wrap_up")],
)
def test_persistent_conversations_and_ended_talks_wait_for_nobody(harbor, channel, status):
    with harbor.scope():
        row = factories.make_conversation(
            channel=channel,
            status=Status(status),
            customer_connected=False,
            customer_disconnected_at=NOW - timedelta(hours=1),
        )
        assert time_passes(harbor, NOW) == 0
        assert fresh(row).status == status


def test_organizations_with_silent_pages_are_found(harbor, summit):
    for cast, seconds in ((harbor, 100), (summit, 5)):
        with cast.scope():
            factories.make_conversation(customer_seen_at=timezone.now() - timedelta(seconds=seconds))
    assert due() == [harbor.organization.pk]


def test_organizations_whose_customers_stayed_away_are_found(harbor, summit):
    for cast, seconds in ((harbor, 181), (summit, 120)):
        with cast.scope():
            away = timezone.now() - timedelta(seconds=seconds)
            factories.make_conversation(customer_connected=False, customer_disconnected_at=away)
    assert due() == [harbor.organization.pk]


def due():
    with connection.cursor() as cursor:
        cursor.execute("select organizations_with_due_conversations()")
        return [row[0] for row in cursor.fetchall()]
