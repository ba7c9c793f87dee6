"""Monitoring that ends by itself: the page is gone, or the right to it."""

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from contact_center.tenancy.models import Membership, OrganizationSettings
from conversations.models import Conversation, Participant
from conversations.monitoring import ledger
from conversations.monitoring.ending import end_what_is_over
from conversations.monitoring.tasks import end_monitoring
from conversations.states import Status
from routing.models import Representative
from tests import factories
from tests.conversations.monitoring.steps import consultants, join, monitor, said
from tests.conversations.monitoring.steps import ledger as ledger_of


@pytest.fixture
def talk(harbor):
    with harbor.scope():
        return factories.make_conversation(queue=harbor.orders, status=Status.ACTIVE, representative=harbor.ana)


def sweep(cast, after=timedelta(0)):
    with cast.scope():
        return end_what_is_over(organization_id=cast.organization.pk, now=timezone.now() + after)


def test_an_open_page_keeps_it_and_a_silent_one_ends_it_when_it_was_seen_last(harbor, talk):
    monitor(harbor, talk)
    half = ledger.SILENT_AFTER / 2
    with harbor.scope():
        assert ledger.seen(harbor.actor(), talk.pk, now=timezone.now() + half)
    assert sweep(harbor, ledger.SILENT_AFTER) == 0
    assert sweep(harbor, ledger.SILENT_AFTER + half + timedelta(seconds=1)) == 1
    (row,) = ledger_of(harbor, talk)
    assert row.left_reason == "PageLeft"
    assert row.left_at == row.seen_at
    assert row.left_at - row.added_at < ledger.SILENT_AFTER


def test_a_page_says_so_now_and_then_only(harbor, talk, django_assert_num_queries):
    monitor(harbor, talk)
    actor, now = harbor.actor(), timezone.now()
    with harbor.scope():
        assert ledger.seen(actor, talk.pk, now=now + ledger.NOTED_EVERY)
        (before,) = ledger.open_rows()
        with django_assert_num_queries(2):
            assert ledger.seen(actor, talk.pk, now=now + ledger.NOTED_EVERY + timedelta(seconds=5))
        (after,) = ledger.open_rows()
        assert before.seen_at == after.seen_at
        assert not ledger.seen(harbor.actor(harbor.second), talk.pk, now=now)


def test_a_lost_consultant_has_left_the_chat(harbor, talk):
    join(harbor, talk)
    assert sweep(harbor, timedelta(minutes=5)) == 1
    assert consultants(harbor, talk) == []
    assert said(harbor, talk)[-1] == ("system", "public", f"{harbor.supervisor} left the conversation.")


def test_the_others_who_watch_the_same_stay(harbor, talk):
    monitor(harbor, talk)
    monitor(harbor, talk, harbor.second)
    with harbor.scope():
        Participant.objects.filter(membership=harbor.second).update(seen_at=timezone.now() + timedelta(minutes=4))
    assert sweep(harbor, timedelta(minutes=4)) == 1
    assert [row.membership_id for row in ledger_of(harbor, talk, left_at=None)] == [harbor.second.pk]


def off(cast, talk):
    OrganizationSettings.objects.update(toggles=[])


def no_supervisor(cast, talk):
    Membership.objects.filter(pk=cast.supervisor.pk).update(roles=["auditor"])


def gone(cast, talk):
    Membership.objects.filter(pk=cast.supervisor.pk).update(is_active=False)


def out_of_scope(cast, talk):
    Membership.objects.filter(pk=cast.supervisor.pk).update(all_queues=False)


def mine_now(cast, talk):
    Representative.objects.filter(pk=cast.ana.pk).update(membership=cast.supervisor)


def consent_withdrawn(cast, talk):
    OrganizationSettings.objects.update(consent_required=True)
    Conversation.objects.update(monitoring_consent=False)


@pytest.mark.parametrize("ended", [off, no_supervisor, gone, out_of_scope, mine_now, consent_withdrawn])
def test_it_ends_with_the_right_to_it(harbor, talk, ended):
    join(harbor, talk)
    assert sweep(harbor) == 0
    with harbor.scope():
        ended(harbor, talk)
    assert sweep(harbor) == 1
    assert [row.left_reason for row in ledger_of(harbor, talk)] == ["RightEnded"]
    assert consultants(harbor, talk) == []


def test_it_goes_on_while_the_conversation_is_handed_on(harbor, talk):
    monitor(harbor, talk)
    with harbor.scope():
        Conversation.objects.update(status=Status.OPEN, representative=None, units_held=0)
    assert sweep(harbor) == 0


def test_the_beat_knows_where_somebody_monitors(harbor, summit, talk):
    monitor(harbor, talk)
    with connection.cursor() as cursor:
        cursor.execute("select organizations_with_monitoring()")
        assert [row[0] for row in cursor.fetchall()] == [harbor.organization.pk]
    end_monitoring(organization_id=summit.organization.pk)
    assert ledger_of(harbor, talk)[0].left_at is None


@pytest.mark.parametrize("count", [1, 8])
def test_one_persons_pages_take_a_fixed_number_of_statements(harbor, django_assert_num_queries, count):
    with harbor.scope():
        rows = factories.make_conversations(count, queue=harbor.orders, status=Status.ACTIVE, representative=harbor.ana)
    for row in rows:
        monitor(harbor, row)
    now = timezone.now() + timedelta(minutes=5)
    with harbor.scope(), django_assert_num_queries(14):
        assert end_what_is_over(organization_id=harbor.organization.pk, now=now) == count
