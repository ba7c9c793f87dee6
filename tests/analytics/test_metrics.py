"""Every metric against a slow plain-Python computation of the same definition, over generated histories."""

import random
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings

from analytics import rollups, samples
from analytics.metrics import METRICS, OF_PERIOD, Unit, measures, period_values
from analytics.metrics.definition import Now, Quotient, Total
from analytics.metrics.live import live_values
from analytics.metrics.measures import MEASURES, direct_sums
from analytics.models import Rollup
from analytics.scope import Period, Scope
from conversations.models import Conversation
from routing.kinds import Channel
from routing.models import Representative
from tests.analytics import plain
from tests.analytics.history import MOVES, History

WALKS = settings(
    max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


def walk(cast, moves):
    history = History(cast)
    for number, move in enumerate(moves):
        history.move(*move)
        if number % 3 == 0:
            Conversation.objects.filter(pk=history.rows[number % 8].pk).update(sentiment_score=number * 7 % 101)
    Representative.objects.filter(pk=history.people[1].pk).update(presence="offline")
    return history


def scopes(cast):
    return [
        (Scope(), {}),
        (Scope(frozenset({cast.refunds.pk})), {"queue_ids": {cast.refunds.pk}}),
        (Scope(channels=frozenset({Channel.SMS})), {"channels": ("sms",)}),
        (
            Scope(frozenset({cast.orders.pk}), frozenset({Channel.RECORD})),
            {"queue_ids": {cast.orders.pk}, "channels": ("record",)},
        ),
    ]


def periods(history):
    """All of it, and three stretches within."""
    length = history.now - history.began + timedelta(seconds=1)
    dice = random.Random(len(history.rows) + int(length.total_seconds()))
    found = [Period(history.began, history.began + length)]
    for _ in range(3):
        since = history.began + length * dice.random()
        found.append(Period(since, since + (history.began + length - since) * dice.random()))
    return found


@WALKS
@given(moves=MOVES)
def test_every_figure_is_what_its_definition_says_live_counted_directly_and_rolled_up(harbor, moves):
    with harbor.scope(), transaction.atomic():
        check(harbor, walk(harbor, moves))
        transaction.set_rollback(True)


def check(cast, history):
    samples.take(history.now)
    for scope, slowly in scopes(cast):
        assert rounded(live_values(scope, history.now)) == rounded(plain.live_values(history.now, **slowly))
        then = samples.at(history.now, scope)
        assert rounded(then) == {name: rounded(plain.live_values(history.now, **slowly))[name] for name in then}
        for period in periods(history):
            expected = plain.period_values(period.since, period.until, **slowly)
            assert rounded(period_values(direct_sums([period], scope))) == rounded(expected)
    after = history.now + timedelta(hours=1)
    while rollups.fill(after):
        pass
    for scope, _ in scopes(cast):
        for period in periods(history):
            assert rollups.period_sums(period, scope) == direct_sums([period], scope)
    assert not any(rollups.differences(day) for day in rollups.stretches(Period(history.began, after)))


def rounded(values):
    return {name: None if value is None else round(value, 6) for name, value in values.items()}


def test_one_history_reaches_every_measure(harbor):
    """A walk in which nothing happens would prove nothing. Of the eight, 0, 1, 4 and 5 are chats and SMS."""
    moves = [
        ("pick", [0], 0, 0),
        ("comes_to_an_ai_agent", [2], 0, 0),
        ("overflows", [4], 0, 2),
        ("escalates", [2], 0, 2),
        ("customer_left", [4], 0, 0),
        ("transfer_to_representative", [0], 0, 1),
        ("accept", [0], 1, 0),
        ("end", [0], 1, 0),
        ("wrap_up_done", [0], 1, 0),
        ("comes_in", [3], 0, 0),
        ("assign_to_queue", [3], 0, 1),
        ("long_pause", [0], 0, 0),
        ("pick", [2, 3], 0, 2),
        ("pick", [5], 0, 2),
        ("force_close", [1], 0, 0),
        ("comes_in", [4], 0, 0),
        ("customer_left", [4], 0, 0),
    ]
    with harbor.scope():
        history = walk(harbor, moves)
        sums = direct_sums([Period(history.began, history.now + timedelta(seconds=1))], Scope())
        assert [name for name, value in sums.items() if not value] == []
        check(harbor, history)


# --- The registry ---


def test_every_metric_says_what_it_is():
    for name, metric in METRICS.items():
        assert metric.name == name
        assert metric.label
        assert metric.sentence.endswith(".")
        assert metric.calculation.endswith(".")
        assert metric.reference.startswith("§6")
    assert len({metric.label for metric in METRICS.values()}) == len(METRICS)


def test_every_metric_of_a_period_is_made_of_measures_and_every_measure_serves_one():
    used = set()
    for metric in OF_PERIOD:
        if isinstance(metric.expression, Total):
            used.add(metric.expression.measure)
        else:
            assert isinstance(metric.expression, Quotient)
            used |= {metric.expression.top, *metric.expression.bottom}
    assert used == {measure.name for measure in MEASURES}
    assert all(isinstance(metric.expression, Now) for metric in METRICS.values() if metric.is_live)


def test_a_roll_up_has_a_column_for_each_measure():
    columns = {field.name for field in Rollup._meta.concrete_fields}
    assert columns - {"id", "organization", "queue", "channel", "starts_at"} == {each.name for each in MEASURES}


def test_shares_are_shares_and_thresholds_stand_in_order():
    for metric in METRICS.values():
        if metric.at_risk is None or metric.critical is None:
            continue
        worse = metric.critical > metric.at_risk if metric.better == "lower" else metric.critical < metric.at_risk
        assert worse, metric.name
        assert metric.unit is not Unit.SHARE or 0 <= metric.critical <= 1


@pytest.mark.parametrize("times", [1, 5])
def test_counting_takes_a_fixed_number_of_queries(harbor, times):
    with harbor.scope():
        history = walk(harbor, [("comes_in", [0], 0, 0)] * times)
        period = Period(history.began, history.now + timedelta(hours=3))
        with CaptureQueriesContext(
            connection,
        ) as queries:
            live_values(Scope(), history.now)
        assert len(queries) == 2
        with CaptureQueriesContext(connection) as queries:
            direct_sums([period, period], Scope())
        assert len(queries) == 3
        with CaptureQueriesContext(connection) as queries:
            rollups.period_sums(period, Scope())
        assert len(queries) == 4
        rollups.fill(history.now + timedelta(hours=2))
        with CaptureQueriesContext(connection) as queries:
            rollups.period_sums(period, Scope())
        assert len(queries) == 5


def test_nothing_happened_is_nothing(harbor):
    with harbor.scope():
        sums = direct_sums([], Scope())
        assert sums == measures.NOTHING
        values = period_values(sums)
        assert values["answered"] == 0
        assert values["abandon_rate"] is None
        assert values["average_speed_to_answer"] is None
