"""Alerts on thresholds: which figures are judged where, by whose limits, and where they lead."""

from datetime import timedelta

import pytest
from django.utils import timezone

from analytics.alerts import LEAST, readings
from analytics.models import Threshold
from contact_center.tenancy.access import system_actor
from conversations.actions.lifecycle import end_by_customer
from conversations.alerts import judging
from conversations.alerts.kinds import KINDS
from conversations.models import Alert, AlertSettings, Conversation
from conversations.states import Status
from routing.kinds import Channel, Kind
from tests.factories import make_conversation, make_conversations, make_queue


def found(cast, **own):
    with cast.scope():
        return {
            (each.kind.removeprefix("metric_"), each.queue_id): (each.value, each.level, each.limit)
            for each in readings(timezone.now(), AlertSettings(**own))
        }


def threshold(cast, metric, at_risk=None, critical=None):
    with cast.scope():
        Threshold.objects.update_or_create(metric=metric, defaults={"at_risk": at_risk, "critical": critical})


def waiting(cast, queue, seconds, number=1):
    with cast.scope():
        rows = make_conversations(number, queue=queue)
        since = timezone.now() - timedelta(seconds=seconds)
        Conversation.objects.filter(pk__in=[row.pk for row in rows]).update(queued_at=since)
        return rows


def test_nothing_is_found_where_all_is_well(harbor):
    waiting(harbor, harbor.orders, 10)
    assert found(harbor) == {}


def test_a_queues_wait_crosses_its_limit(harbor, summit):
    waiting(harbor, harbor.orders, 130)
    waiting(harbor, harbor.refunds, 301)
    now = found(harbor)
    assert now[("longest_wait", harbor.orders.pk)][1:] == ("at_risk", 120)
    assert now[("longest_wait", harbor.refunds.pk)][1:] == ("critical", 300)
    # All queues together wait as long as the worst of them: told once.
    assert ("longest_wait", None) not in now
    assert found(summit) == {}


def test_a_backlog_is_judged_in_each_queue_and_in_all_together(harbor):
    threshold(harbor, "backlog", 3, 5)
    waiting(harbor, harbor.orders, 1, 3)
    waiting(harbor, harbor.refunds, 1, 2)
    assert found(harbor) == {
        ("backlog", harbor.orders.pk): (3, "at_risk", 3),
        ("backlog", None): (5, "critical", 5),
    }


def test_exactly_at_the_limit_counts_and_one_short_of_it_does_not(harbor):
    threshold(harbor, "backlog", 3)
    waiting(harbor, harbor.orders, 1, 2)
    assert found(harbor) == {}
    waiting(harbor, harbor.orders, 1)
    assert found(harbor)[("backlog", harbor.orders.pk)] == (3, "at_risk", 3)


def test_a_threshold_taken_away_judges_nothing(harbor):
    threshold(harbor, "longest_wait")
    waiting(harbor, harbor.orders, 900)
    assert found(harbor) == {}


def test_the_fewer_online_the_worse(harbor):
    threshold(harbor, "online_representatives", 2, 0)
    assert found(harbor) == {("online_representatives", None): (1, "at_risk", 2)}


def test_records_do_not_wait(harbor):
    threshold(harbor, "backlog", 1)
    with harbor.scope():
        cases = make_queue("Cases", kind=Kind.RECORD)
        row = make_conversation(channel=Channel.RECORD, queue=cases)
        Conversation.objects.filter(pk=row.pk).update(queued_at=timezone.now() - timedelta(days=1))
    assert found(harbor) == {("backlog", cases.pk): (1, "at_risk", 1)}


def abandon(cast, number):
    rows = waiting(cast, cast.orders, 30, number)
    with cast.scope():
        end_by_customer([row.pk for row in rows], actor=system_actor(cast.organization), now=timezone.now())


def test_a_share_of_few_says_nothing_yet(harbor):
    abandon(harbor, LEAST - 1)
    assert found(harbor) == {}
    abandon(harbor, 1)
    now = found(harbor)
    assert now[("abandon_rate", harbor.orders.pk)][:2] == (1_000, "critical")
    assert now[("abandon_rate", None)][:2] == (1_000, "critical")
    with harbor.scope():
        judging.judge(timezone.now())
        alert = Alert.objects.select_related("queue").get(kind="metric_abandon_rate", queue=harbor.orders)
        title, text = KINDS[alert.kind].words(alert)
    assert title == "Abandon rate in Orders: Critical"
    assert text.startswith("100 % when it began; Critical at ")


def test_what_is_off_is_not_judged(harbor):
    waiting(harbor, harbor.orders, 900)
    assert found(harbor, off=["metric_longest_wait"]) == {}


@pytest.mark.parametrize(
    ("kind", "leads_to"),
    [
        ("metric_longest_wait", "conversations/?status=open&status=active&queue={queue}&sort=-wait"),
        ("metric_abandon_rate", "queues/?queue={queue}"),
    ],
)
def test_it_leads_to_what_it_is_about(harbor, kind, leads_to):
    address = KINDS[kind].address(Alert(kind=kind, queue=harbor.orders), harbor.slug)
    assert address == harbor.url(leads_to.format(queue=harbor.orders.pk))
    assert harbor.client().get(address).status_code == 200
    assert KINDS["metric_backlog"].address(Alert(kind="metric_backlog"), harbor.slug) == harbor.url("wallboard/")


def test_from_the_wait_to_the_bell_and_back(harbor):
    (row,) = waiting(harbor, harbor.refunds, 301)
    with harbor.scope():
        judging.judge(timezone.now())
        alert = Alert.objects.get()
    assert (alert.kind, alert.queue_id, alert.level) == ("metric_longest_wait", harbor.refunds.pk, "critical")
    for member in (harbor.supervisor, harbor.scoped):
        html = harbor.client(member).get(harbor.url("notifications/")).content.decode()
        assert "Current longest wait in Refunds: Critical" in html
    with harbor.scope():
        Conversation.objects.filter(pk=row.pk).update(status=Status.CLOSED, closed_at=timezone.now())
        judging.judge(timezone.now())
        judging.judge(timezone.now() + judging.STAYS_BACK + timedelta(seconds=1))
        assert Alert.objects.get().ended_at is not None
