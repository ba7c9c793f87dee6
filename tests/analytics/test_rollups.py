"""Roll-ups and samples: counted on the beat, once, again where it matters, and never beyond the organization."""

from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
from celery.signals import before_task_publish
from django.core.management import CommandError, call_command
from django.utils import timezone

from analytics import rollups, samples, tasks
from analytics.metrics.measures import direct_sums
from analytics.models import Counting, Rollup, Sample
from analytics.scope import Period, Scope
from contact_center.audit.actions import AuditAction
from contact_center.audit.models import AuditEvent
from contact_center.tenancy.models import OrganizationSettings
from conversations import retention
from conversations.models import Conversation
from tests.concurrency import at_once
from tests.factories import make_conversations

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
DAY = Period(NOON - timedelta(hours=12), NOON + timedelta(hours=12))


def came_in(cast, at, count=3, **fields):
    return make_conversations(count, queue=cast.orders, created_at=at, **fields)


def filled(now):
    while rollups.fill(now):
        pass


def test_only_what_is_over_is_counted(harbor):
    with harbor.scope():
        came_in(harbor, NOON)
        came_in(harbor, NOON + timedelta(minutes=5))
        filled(NOON + timedelta(minutes=6))
        assert list(Rollup.objects.values_list("starts_at", "incoming")) == [(NOON, 3)]
        assert rollups.counted_until() == NOON + timedelta(minutes=5)


def test_what_is_committed_late_is_counted_the_next_time(harbor):
    with harbor.scope():
        came_in(harbor, NOON)
        filled(NOON + timedelta(minutes=6))
        came_in(harbor, NOON + timedelta(seconds=10), count=2)
        filled(NOON + timedelta(minutes=11))
        assert Rollup.objects.get().incoming == 5


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_what_several_count_while_conversations_come_in_is_right_in_the_end(harbor):
    now = timezone.now()

    with harbor.scope():
        came_in(harbor, now - timedelta(hours=2))
    recount = Period(rollups.bucket_of(now - timedelta(hours=3)), rollups.bucket_of(now))
    works = [
        lambda: filled(now),
        lambda: tasks.count(organization_id=harbor.organization.pk),
        lambda: [came_in(harbor, now - timedelta(minutes=minutes), count=1) for minutes in range(0, 40, 4)] and None,
        lambda: rollups.replace(recount) and None,
    ]
    assert at_once(harbor, *works, *works[:2]) == [None] * 6
    with harbor.scope():
        assert Sample.objects.values("at").distinct().count() == 1
        rollups.replace(recount)
        filled(now + timedelta(minutes=30))
        assert sum(Rollup.objects.values_list("incoming", flat=True)) == 13
        assert rollups.differences(Period(recount.since, rollups.bucket_of(now + timedelta(minutes=30)))) == 0


def test_counting_again_changes_nothing(harbor):
    with harbor.scope():
        came_in(harbor, NOON)
        filled(NOON + timedelta(hours=1))
        before = list(Rollup.objects.values("starts_at", "queue_id", "channel", "incoming", "answer_wait"))
        filled(NOON + timedelta(hours=1))
        rollups.replace(DAY)
        rollups.replace(DAY)
        assert list(Rollup.objects.values("starts_at", "queue_id", "channel", "incoming", "answer_wait")) == before


def test_a_long_past_is_counted_a_day_at_a_time(harbor):
    with harbor.scope():
        came_in(harbor, NOON - timedelta(days=3))
        came_in(harbor, NOON)
        assert rollups.fill(NOON + timedelta(hours=1))
        assert rollups.counted_until() == NOON - timedelta(days=2)
        filled(NOON + timedelta(hours=1))
        assert sum(Rollup.objects.values_list("incoming", flat=True)) == 6


def test_an_organization_without_conversations_has_nothing_to_count(harbor):
    with harbor.scope():
        assert rollups.fill(NOON) is False
        assert rollups.period_sums(DAY, Scope()) == direct_sums([], Scope())


def test_a_past_that_comes_in_after_the_first_count_is_counted(harbor):
    with harbor.scope():
        filled(NOON + timedelta(hours=12))
        came_in(harbor, NOON)
        filled(NOON + timedelta(hours=12, minutes=5))
        assert rollups.period_sums(DAY, Scope())["incoming"] == 3


def test_the_edges_of_a_period_are_counted_to_the_moment(harbor):
    with harbor.scope():
        for minute in range(0, 60, 2):
            came_in(harbor, NOON + timedelta(minutes=minute), count=1)
        filled(NOON + timedelta(hours=1))
        period = Period(NOON + timedelta(minutes=4, seconds=1), NOON + timedelta(minutes=50))
        assert rollups.period_sums(period, Scope())["incoming"] == 22


def test_another_organizations_counts_are_never_seen(harbor, summit):
    with summit.scope():
        came_in(summit, NOON)
        filled(NOON + timedelta(hours=1))
    with harbor.scope():
        filled(NOON + timedelta(hours=1))
        assert rollups.period_sums(DAY, Scope())["incoming"] == 0
        assert not Rollup.objects.exists()


# --- Samples ---


def test_a_minute_is_sampled_once(harbor):
    with harbor.scope():
        came_in(harbor, NOON)
        assert samples.take(NOON + timedelta(seconds=70)) == 1
        assert samples.take(NOON + timedelta(seconds=75)) == 0
        assert samples.take(NOON + timedelta(seconds=125)) == 1
        assert Sample.objects.count() == 2


def test_a_sample_says_how_it_was(harbor):
    with harbor.scope():
        came_in(harbor, NOON)
        came_in(harbor, NOON, status="active")
        samples.take(NOON + timedelta(minutes=2))
        then = samples.at(NOON + timedelta(minutes=3), Scope())
        assert (then["backlog"], then["active"], then["ongoing"]) == (3, 3, 6)
        assert then["longest_wait"] == 120
        assert samples.at(NOON + timedelta(minutes=30), Scope()) is None
        elsewhere = samples.at(NOON + timedelta(minutes=3), Scope(frozenset({harbor.refunds.pk})))
        assert (elsewhere["backlog"], elsewhere["longest_wait"]) == (0, None)


def test_a_minute_in_which_nothing_was_there_is_a_figure_too(harbor):
    scope = Scope(frozenset({harbor.refunds.pk}))
    with harbor.scope():
        samples.take(NOON)
        came_in(harbor, NOON)
        samples.take(NOON + timedelta(minutes=1))
        hour = Period(NOON, NOON + timedelta(hours=1))
        assert [point.values["backlog"] for point in samples.course(hour, Scope())] == [0, 3]
        assert [point.values["backlog"] for point in samples.course(hour, scope)] == [0, 0]
        assert [point.values["backlog"] for point in samples.course(hour, Scope(frozenset()))] == [0, 0]
        assert samples.at(NOON, Scope())["ongoing"] == 0


def test_old_samples_are_forgotten(harbor):
    with harbor.scope():
        came_in(harbor, NOON)
        samples.take(NOON)
        samples.take(NOON + timedelta(days=4))
        assert list(Sample.objects.values_list("at", flat=True)) == [NOON + timedelta(days=4)]


# --- On the beat and by hand ---


def test_the_beat_asks_every_organization(harbor, summit):
    asked = []

    def sent(body, sender, **more):
        asked.append((sender, body[1]["organization_id"]))

    before_task_publish.connect(sent)
    try:
        tasks.count_everywhere()
    finally:
        before_task_publish.disconnect(sent)
    assert sorted(asked) == [("analytics.count", pk) for pk in sorted([harbor.organization.pk, summit.organization.pk])]


def test_the_task_samples_and_counts(harbor):
    with harbor.scope():
        came_in(harbor, timezone.now() - timedelta(minutes=20))
    tasks.count(organization_id=harbor.organization.pk)
    with harbor.scope():
        assert Sample.objects.count() == 1
        assert Counting.objects.get().counted_until > timezone.now() - timedelta(minutes=7)
        assert sum(Rollup.objects.values_list("incoming", flat=True)) == 3


def rebuild(*arguments):
    said = StringIO()
    call_command("rebuild_rollups", *arguments, stdout=said)
    return said.getvalue()


def test_rebuilding_puts_right_what_was_wrong(harbor):
    with harbor.scope():
        came_in(harbor, NOON)
        filled(NOON + timedelta(hours=1))
        Rollup.objects.update(incoming=99)
    with pytest.raises(SystemExit) as exit:
        rebuild("--organization", "harbor", "--dry-run", "--until", "2026-03-03")
    assert exit.value.code == 1
    with harbor.scope():
        assert Rollup.objects.get().incoming == 99
    said = rebuild("--organization", "harbor", "--until", "2026-03-03")
    assert "harbor 2026-03-02 12:00: 1 rows differ." in said
    assert "1 rows changed." in said
    with harbor.scope():
        assert Rollup.objects.get().incoming == 3
    assert "0 rows would change." in rebuild("--dry-run", "--until", "2026-03-03")


def test_what_is_purged_keeps_its_figures(harbor):
    with harbor.scope():
        purged = came_in(harbor, NOON - timedelta(days=40), status="closed")
        still = came_in(harbor, NOON - timedelta(days=40), count=1)
        came_in(harbor, NOON, status="closed")
        filled(NOON + timedelta(hours=1))
        OrganizationSettings.objects.update(retention_days=30)
        event = {"action": AuditAction.PURGED, "object_type": "conversation", "after": {"deleted": 3, "days": 30}}
        AuditEvent.objects.create(at=NOON, **event)
        Conversation.objects.filter(pk__in=[row.pk for row in purged]).delete()
        Rollup.objects.filter(starts_at=NOON).update(incoming=99)
        assert retention.purged_before() == NOON - timedelta(days=30)
    for asked in ([], ["--since", "2026-01-01"]):
        said = rebuild("--organization", "harbor", "--until", "2026-03-03", *asked)
        assert "harbor from 2026-01-31 12:05: conversations closed before have been deleted." in said
    with harbor.scope():
        assert Conversation.objects.filter(pk=still[0].pk).exists()
        assert list(Rollup.objects.order_by("starts_at").values_list("incoming", flat=True)) == [4, 3]


def test_rebuilding_refuses_what_it_does_not_know(harbor):
    with pytest.raises(CommandError, match="no organization called nowhere"):
        rebuild("--organization", "nowhere")
    with pytest.raises(CommandError, match="isn’t a day"):
        rebuild("--since", "yesterday")
    assert "harbor: nothing to count." in rebuild()
