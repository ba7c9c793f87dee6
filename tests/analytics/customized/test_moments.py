"""Hours and days of reports are the organization's, also on the days on which clocks are changed."""

from datetime import UTC, datetime, timedelta
from itertools import product

import pytest
from django.db import connection
from django.http import QueryDict

from analytics.customized.counting import count
from analytics.customized.listing import CUSTOMIZED
from analytics.customized.moments import Step, each_of
from analytics.customized.opening import Figure
from analytics.customized.table import Table
from analytics.metrics import METRICS
from analytics.rollups import fill
from analytics.scope import Period
from contact_center.tenancy.models import OrganizationSettings
from conversations.filters import ConversationFilter
from tests.analytics.customized.test_counting import opened, question
from tests.factories import make_conversations

ZONES = ["UTC", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe", "Africa/Cairo"]
# Clocks in New York go back at 06:00 UTC: the hour from one to two comes twice.
AUTUMN = datetime(2026, 11, 1, 6, 0, tzinfo=UTC)


def came_in(cast, *moments):
    for moment in moments:
        make_conversations(1, queue=cast.orders, created_at=moment)


@pytest.mark.parametrize("zone", ZONES[:3])
@pytest.mark.parametrize("by", ["hour", "day"])
def test_a_figure_of_an_hour_or_a_day_opens_what_it_counted_in_every_time_zone(harbor, zone, by):
    now = datetime(2026, 7, 2, 16, 45, tzinfo=UTC)
    with harbor.scope():
        OrganizationSettings.objects.update(time_zone=zone)
        came_in(harbor, *(now - timedelta(hours=hours, minutes=10) for hours in (0, 0, 3, 14, 15)))
        asked = question(harbor, now, "incoming", by)
        counted = {key: values["incoming"] for key, values in count(asked).rows.items()}
        assert sum(counted.values()) == 5
        assert {key: len(opened(harbor, asked, "incoming", key)) for key in counted} == counted


@pytest.mark.parametrize("rolled_up", [False, True])
def test_the_hour_that_comes_twice_is_two(harbor, rolled_up):
    now = AUTUMN + timedelta(hours=4)
    with harbor.scope():
        OrganizationSettings.objects.update(time_zone="America/New_York")
        came_in(harbor, *(AUTUMN + timedelta(minutes=minutes) for minutes in (-50, -30, -1, 0, 20)))
        while rolled_up and fill(now):
            pass
        lines = table(harbor, "metric=incoming&by=hour", now).lines
        assert [(line.labels[0], line.values["incoming"]) for line in lines if line.values["incoming"]] == [
            ("Sun 1 Nov, 01:00 EDT", 3),
            ("Sun 1 Nov, 01:00 EST", 2),
        ]
        assert len({line.key for line in lines}) == len(lines) == 24
        (day,) = table(harbor, "metric=incoming&by=day&period=today", now).lines
        assert day.values["incoming"] == 5


def table(cast, query, now):
    return Table.read(ConversationFilter.from_query(QueryDict(query), cast.actor(), CUSTOMIZED), now)


def test_an_opened_hour_is_named_by_the_organizations_clocks():
    figure = Figure.read("incoming;hour=2026-07-02T13:00+00:00")
    assert figure.metric is METRICS["incoming"]
    assert figure.label("America/New_York") == "Incoming, Thu 2 Jul, 09:00"
    assert figure.label("Asia/Kathmandu") == "Incoming, Thu 2 Jul, 18:45"


@pytest.mark.parametrize("step", list(Step))
def test_each_moment_is_one_that_the_database_finds(harbor, step):
    """Of every half hour in the months in which clocks are changed."""
    with connection.cursor() as cursor:
        for zone, month in product(ZONES, (3, 4, 10, 11)):
            since = datetime(2026, month, 1, tzinfo=UTC)
            period = Period(since, since + timedelta(days=31))
            cursor.execute(
                "select distinct date_trunc(%s, at, %s) from generate_series(%s, %s, interval '30 minutes') at",
                [step.value, zone, period.since, period.until - timedelta(seconds=1)],
            )
            assert each_of(step, period, zone) == sorted(at for (at,) in cursor.fetchall()), (zone, month)
