"""Timers run from rows that say when they are due, so a restart loses none."""

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from contact_center.audit.actions import AuditAction
from contact_center.audit.models import AuditEvent
from contact_center.tenancy.access import system_actor
from conversations.actions import perform
from conversations.actions.lifecycle import run_due_timers
from conversations.models import Conversation, Offer
from conversations.states import OfferOutcome, Status, StatusReason
from routing.kinds import Channel
from routing.models import WorkStream
from tests import factories, invariants

NOW = timezone.now()


def _run(cast, now=NOW):
    return run_due_timers(actor=system_actor(cast.organization), now=now)


@pytest.mark.parametrize(
    ("status", "channel", "becomes", "reason"),
    [
        (Status.OPEN, Channel.LIVE_CHAT, Status.CLOSED, StatusReason.AUTO_CLOSED),
        (Status.WAITING, Channel.SMS, Status.CLOSED, StatusReason.AUTO_CLOSED_WAITING),
        (Status.WRAP_UP, Channel.LIVE_CHAT, Status.CLOSED, StatusReason.AUTO_CLOSED),
        (Status.ACTIVE, Channel.VOICE, Status.WRAP_UP, StatusReason.AUTO_CLOSED),
    ],
)
def test_what_is_due_moves_on_and_what_is_not_stays(harbor, status, channel, becomes, reason):
    with harbor.scope():
        due = factories.make_conversation(status=status, channel=channel, due_at=NOW - timedelta(seconds=1))
        later = factories.make_conversation(status=status, channel=channel, due_at=NOW + timedelta(seconds=1))
        assert _run(harbor) == 1
        due.refresh_from_db()
        later.refresh_from_db()
        assert (due.status, due.status_reason) == (becomes, reason)
        assert later.status == status
        invariants.assert_all()


def test_an_offer_that_runs_out_returns_the_units_and_counts_as_a_decline(harbor):
    with harbor.scope():
        row = factories.make_conversation(queue=harbor.orders)
        actor = harbor.actor()
        perform(
            "assign_to_representative", [row.pk], actor=actor, parameters={"representative": harbor.ana.pk}, now=NOW
        )
        harbor.ana.refresh_from_db()
        assert harbor.ana.units_used == factories.UNITS
        assert _run(harbor, NOW + timedelta(seconds=119)) == 0
        assert _run(harbor, NOW + timedelta(seconds=121)) == 1
        row.refresh_from_db()
        harbor.ana.refresh_from_db()
        assert (row.status, row.representative_id, row.decline_count) == (Status.OPEN, None, 1)
        assert harbor.ana.units_used == 0
        assert Offer.objects.get().outcome == OfferOutcome.TIMED_OUT
        assert AuditEvent.objects.filter(action=AuditAction.OFFER_TIMED_OUT, conversation_id=row.pk).count() == 1
        invariants.assert_all()


def test_wrap_up_for_a_while_frees_the_units_first_and_closes_later(harbor):
    with harbor.scope():
        factories.make_work_stream(
            Channel.LIVE_CHAT,
            queue=harbor.orders,
            wrap_up_rule=WorkStream.WrapUpRule.FOR_A_WHILE,
            wrap_up_hold_seconds=60,
            wrap_up_auto_close_seconds=900,
        )
        row = factories.make_conversation(status=Status.ACTIVE, representative=harbor.ana)
        perform("end", [row.pk], actor=harbor.actor(harbor.agent), now=NOW)
        harbor.ana.refresh_from_db()
        assert harbor.ana.units_used == factories.UNITS
        assert _run(harbor, NOW + timedelta(seconds=61)) == 1
        harbor.ana.refresh_from_db()
        row.refresh_from_db()
        assert (harbor.ana.units_used, row.status) == (0, Status.WRAP_UP)
        assert _run(harbor, NOW + timedelta(seconds=901)) == 1
        row.refresh_from_db()
        assert row.status == Status.CLOSED
        invariants.assert_all()


def test_a_wrap_up_that_never_closes_by_itself_gives_back_its_units_and_stays(harbor):
    with harbor.scope():
        factories.make_work_stream(
            Channel.LIVE_CHAT, queue=harbor.orders, wrap_up_rule=WorkStream.WrapUpRule.FOR_A_WHILE
        )
        row = factories.make_conversation(status=Status.ACTIVE, representative=harbor.ana)
        perform("end", [row.pk], actor=harbor.actor(harbor.agent), now=NOW)
        assert _run(harbor, NOW + timedelta(seconds=61)) == 1
        assert _run(harbor, NOW + timedelta(days=365)) == 0
        harbor.ana.refresh_from_db()
        row.refresh_from_db()
        assert (harbor.ana.units_used, row.status, row.due_at) == (0, Status.WRAP_UP, None)
        invariants.assert_all()


@pytest.mark.parametrize(
    ("status", "channel", "clock"),
    [
        (Status.OPEN, Channel.LIVE_CHAT, "open"),
        (Status.ACTIVE, Channel.SMS, "active"),
        (Status.WAITING, Channel.SMS, "waiting"),
    ],
)
def test_what_is_said_meanwhile_puts_off_what_comes_after_inactivity(harbor, status, channel, clock):
    with harbor.scope():
        factories.make_work_stream(channel, queue=harbor.orders, **{f"{clock}_auto_close_seconds": 1200})
        talking, silent = (
            factories.make_conversation(status=status, channel=channel, due_at=NOW - timedelta(seconds=1))
            for _ in range(2)
        )
        factories.make_message(talking, created_at=NOW - timedelta(seconds=200))
        factories.make_message(silent, created_at=NOW - timedelta(seconds=1201))
        _run(harbor)
        talking.refresh_from_db()
        silent.refresh_from_db()
        assert (talking.status, talking.due_at) == (status, NOW + timedelta(seconds=1000))
        assert silent.status != status
        _run(harbor, NOW + timedelta(seconds=1001))
        talking.refresh_from_db()
        assert talking.status == silent.status
        invariants.assert_all()


def test_another_organizations_timers_are_left_alone(harbor, summit):
    with summit.scope():
        foreign = factories.make_conversation(due_at=NOW - timedelta(hours=1))
    with harbor.scope():
        assert _run(harbor) == 0
    with summit.scope():
        assert Conversation.objects.get(pk=foreign.pk).status == Status.OPEN


def test_a_conversation_waits_in_wrap_up_for_as_long_as_its_work_stream_says(harbor):
    with harbor.scope():
        factories.make_work_stream(Channel.SMS, queue=harbor.orders, wrap_up_auto_close_seconds=86_400)
        row = factories.make_conversation(channel=Channel.SMS, status=Status.ACTIVE, representative=harbor.ana)
        perform("end", [row.pk], actor=harbor.actor(harbor.agent), now=NOW)
        row.refresh_from_db()
        assert row.due_at == NOW + timedelta(days=1)


def test_only_organizations_with_something_due_are_found(harbor, summit):
    with harbor.scope():
        factories.make_conversation(due_at=NOW - timedelta(hours=1))
    with connection.cursor() as cursor:
        cursor.execute("select organizations_with_due_conversations()")
        assert cursor.fetchall() == [(harbor.organization.pk,)]
