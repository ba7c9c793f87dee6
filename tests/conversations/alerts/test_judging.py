"""Judging: one alert per crossing, whoever looks; it ends by itself, and a dancing figure doesn't ring twice."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from conversations.alerts import judging
from conversations.alerts.judging import STAYS_BACK, Reading
from conversations.alerts.kinds import KINDS
from conversations.models import Alert, AlertSettings
from conversations.states import Status
from routing.kinds import Channel
from tests.concurrency import at_once
from tests.conversations.test_stuck import aged
from tests.factories import make_conversation, make_queue

NOW = timezone.now()
KIND = "stuck_waiting"
FIGURE = "metric_backlog"


@pytest.fixture
def found(monkeypatch):
    """What the next look finds beyond its limit."""
    readings = []
    monkeypatch.setattr(judging, "SOURCES", [lambda now, own: list(readings)])
    return readings


def look(cast, after=timedelta()):
    with cast.scope():
        judging.judge(NOW + after)


def alerts(cast, **fields):
    with cast.scope():
        return list(Alert.objects.filter(**fields).order_by("pk"))


def seconds(number):
    return timedelta(seconds=number)


def test_a_crossing_begins_one_alert_however_often_it_is_looked_at(harbor, found):
    found.append(Reading(FIGURE, harbor.orders.pk, 25, "at_risk", 20))
    for after in range(0, 60, 15):
        look(harbor, seconds(after))
    (alert,) = alerts(harbor)
    assert (alert.queue_id, alert.value, alert.level, alert.limit, alert.raised_at) == (
        harbor.orders.pk,
        25,
        "at_risk",
        20,
        NOW,
    )


def test_it_ends_by_itself_when_the_figure_has_stayed_back(harbor, found):
    found.append(Reading(FIGURE, harbor.orders.pk, 25, "at_risk", 20))
    look(harbor)
    found.clear()
    look(harbor, seconds(30))
    look(harbor, seconds(30) + STAYS_BACK - seconds(1))
    assert len(alerts(harbor, ended_at=None)) == 1
    look(harbor, seconds(30) + STAYS_BACK)
    (alert,) = alerts(harbor)
    # When it was back, not when that was certain.
    assert alert.ended_at == NOW + seconds(30)


def test_a_figure_that_dances_about_its_limit_rings_once(harbor, found):
    for step in range(20):
        found[:] = [] if step % 2 else [Reading(FIGURE, None, 20, "at_risk", 20)]
        look(harbor, seconds(15 * step))
    (alert,) = alerts(harbor)
    assert alert.ended_at is None


def test_after_it_ended_a_new_crossing_is_a_new_alert(harbor, found):
    reading = Reading(FIGURE, None, 20, "at_risk", 20)
    found.append(reading)
    look(harbor)
    found.clear()
    look(harbor, seconds(15))
    look(harbor, seconds(15) + STAYS_BACK)
    found.append(reading)
    look(harbor, seconds(300))
    assert [alert.ended_at is None for alert in alerts(harbor)] == [False, True]


def test_from_at_risk_to_critical_is_a_crossing_of_its_own_and_back_is_none(harbor, found):
    found.append(Reading(FIGURE, None, 20, "at_risk", 20))
    look(harbor)
    found[:] = [Reading(FIGURE, None, 50, "critical", 50)]
    look(harbor, seconds(15))
    found[:] = [Reading(FIGURE, None, 40, "at_risk", 20)]
    look(harbor, seconds(30))
    mild, grave = alerts(harbor)
    assert (mild.level, mild.ended_at) == ("at_risk", NOW + seconds(15))
    assert (grave.level, grave.ended_at) == ("critical", None)


def test_twice_as_much_stuck_work_is_told_again(harbor, found):
    for step, number in enumerate((3, 5, 6, 11, 12)):
        found[:] = [Reading(KIND, harbor.orders.pk, number)]
        look(harbor, seconds(15 * step))
    assert [(alert.value, alert.ended_at is None) for alert in alerts(harbor)] == [(3, False), (6, False), (12, True)]


def test_what_the_organization_turned_off_is_not_raised_and_what_is_open_ends(harbor, found):
    found.append(Reading(KIND, harbor.orders.pk, 3))
    look(harbor)
    with harbor.scope():
        AlertSettings.objects.update(off=[KIND])
    look(harbor, seconds(15))
    (alert,) = alerts(harbor)
    assert alert.ended_at == NOW + seconds(15)


def test_turning_a_kind_off_ends_what_is_open_of_single_conversations_too(harbor, summit, found):
    for cast in (harbor, summit):
        with cast.scope():
            row = make_conversation(queue=cast.orders)
            for kind in ("sentiment", "hand"):
                Alert.objects.create(kind=kind, conversation=row, raised_at=NOW)
    with harbor.scope():
        AlertSettings.objects.create(off=["sentiment"])
    look(harbor, seconds(15))
    assert {alert.kind: alert.ended_at for alert in alerts(harbor)} == {"sentiment": NOW + seconds(15), "hand": None}
    assert len(alerts(summit, ended_at=None)) == 2


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_two_processes_that_look_at_once_raise_one(harbor, found):
    """With nothing there to lock before: the row that they take turns by is made by one of them."""
    found.append(Reading(FIGURE, harbor.orders.pk, 25, "at_risk", 20))
    for number in range(3):
        answers = at_once(harbor, *[lambda: judging.judge(timezone.now())] * 4)
        assert answers == [None] * 4
        assert len(alerts(harbor, ended_at=None)) == 1, number
    assert len(alerts(harbor)) == 1


def test_stuck_work_is_one_alert_for_each_queue(harbor, summit):
    with harbor.scope():
        for _ in range(3):
            aged(make_conversation(queue=harbor.orders, status=Status.WAITING, channel=Channel.SMS), hours=25)
        aged(make_conversation(queue=harbor.refunds, status=Status.WAITING, channel=Channel.SMS), hours=25)
        judging.judge(timezone.now())
        found = {alert.queue_id: alert for alert in Alert.objects.filter(kind=KIND).select_related("queue")}
        words = KINDS[KIND].words(found[harbor.orders.pk])
        address = KINDS[KIND].address(found[harbor.orders.pk], harbor.slug)
    assert words[0] == "Orders: 3 conversations waiting past the limit"
    assert found[harbor.refunds.pk].value == 1
    assert address == harbor.url(f"conversations/?stuck=waiting&queue={harbor.orders.pk}")
    assert alerts(summit) == []


def queries_of_a_look(cast):
    with cast.scope(), CaptureQueriesContext(connection) as queries:
        judging.judge(NOW)
    return len(queries)


def test_a_look_reads_as_often_for_many_queues_as_for_one(harbor):
    look(harbor)
    before = queries_of_a_look(harbor)
    with harbor.scope():
        for _ in range(5):
            aged(make_conversation(queue=make_queue(), status=Status.WAITING, channel=Channel.SMS), hours=25)
    look(harbor)
    assert queries_of_a_look(harbor) == before
