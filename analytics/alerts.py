"""Alerts on thresholds: which figures are judged, in each queue and in the organization as a whole."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from analytics import rollups, spans
from analytics.figures import limits_in_words, written
from analytics.grids.cells import with_records
from analytics.grids.queues import live_by_queue
from analytics.metrics import METRICS, Better, Metric, Unit, Value, measures_of, period_value
from analytics.metrics.definition import Quotient, plain
from analytics.metrics.live import conversation_values, ongoing, people_values
from analytics.scope import Period, Scope
from analytics.thresholds import Level, Limits, Thresholds, level_of, thresholds
from conversations.alerts.judging import Reading, add_source
from conversations.alerts.kinds import AlertKind, register
from conversations.models import Alert, AlertSettings
from routing.kinds import Kind
from routing.models import Queue

GROUP = "Figures"
PREFIX = "metric_"
EVERYTHING = Scope()
# A share or a mean of fewer than these says little; the figure itself is shown all the same.
LEAST = 5
# Of each queue, as the Queues page counts them.
OF_QUEUE_NOW = ("backlog", "longest_wait")
OF_QUEUE_PERIOD = ("service_level_met", "abandon_rate")
# Of all queues together, as the wallboard counts them; whatever queue waits longest has an alert of its own.
OF_ALL_NOW = ("backlog", "online_representatives")
OF_ALL_PERIOD = ("service_level_20", "abandon_rate", "average_speed_to_answer")
JUDGED = tuple(dict.fromkeys((*OF_QUEUE_NOW, *OF_QUEUE_PERIOD, *OF_ALL_NOW, *OF_ALL_PERIOD)))


def readings(now: datetime, own: AlertSettings) -> Iterable[Reading]:
    """Everything beyond its limit. 14 queries at most, whatever the number of queues."""
    wanted = [name for name in JUDGED if f"{PREFIX}{name}" not in own.off]
    if not wanted:
        return []
    limits, period = thresholds(), spans.period_of(spans.DEFAULT, now)
    found = [*_of_queues(now, period), *_of_all(now, period)]
    return [
        reading
        for name, queue_id, value in found
        if name in wanted and (reading := _reading(METRICS[name], queue_id, value, limits))
    ]


def _of_queues(now: datetime, period: Period) -> Iterable[tuple[str, int, Value]]:
    scope = with_records(EVERYTHING)
    metrics = [METRICS[name] for name in OF_QUEUE_PERIOD]
    sums = rollups.sums_by_queue(period, scope, measures_of(metrics))
    live = live_by_queue(scope, now)
    for queue_id, kind in Queue.objects.filter(is_active=True).values_list("pk", "kind"):
        present = live.get(queue_id, {})
        for name in OF_QUEUE_NOW:
            # Records don't wait as customers do.
            if kind != Kind.RECORD or name != "longest_wait":
                yield name, queue_id, plain(present.get(name))
        for metric in metrics:
            yield metric.name, queue_id, _of_enough(metric, sums.get(queue_id))


def _of_all(now: datetime, period: Period) -> Iterable[tuple[str, None, Value]]:
    metrics = [METRICS[name] for name in OF_ALL_PERIOD]
    values = conversation_values(ongoing(EVERYTHING), now, OF_ALL_NOW) | people_values(EVERYTHING, now)
    for name in OF_ALL_NOW:
        yield name, None, values[name]
    sums = rollups.period_sums(period, EVERYTHING, measures_of(metrics))
    for metric in metrics:
        yield metric.name, None, _of_enough(metric, sums)


def _of_enough(metric: Metric, sums: Mapping[str, Any] | None) -> Value:
    if sums is None or not isinstance(metric.expression, Quotient):
        return None
    return period_value(metric, sums) if sum(sums[name] for name in metric.expression.bottom) >= LEAST else None


def _reading(metric: Metric, queue_id: int | None, value: Value, limits: Thresholds) -> Reading | None:
    own = limits.get(metric.name, Limits())
    level = level_of(metric, value, own)
    if value is None or level is Level.NORMAL:
        return None
    limit = own.critical if level is Level.CRITICAL else own.at_risk
    return Reading(f"{PREFIX}{metric.name}", queue_id, _kept(metric, value), level.value, _kept(metric, limit or 0))


def _kept(metric: Metric, value: float) -> int:
    """As alerts keep it: shares in thousandths."""
    return round(value * 1_000) if metric.unit is Unit.SHARE else round(value)


def _read(metric: Metric, kept: int | None) -> Value:
    if kept is None:
        return None
    return kept / 1_000 if metric.unit is Unit.SHARE else float(kept)


def _kind(metric: Metric) -> AlertKind:
    def words(alert: Alert) -> tuple[str, str]:
        level = Level(alert.level or Level.AT_RISK)
        place = alert.queue.name if alert.queue else "all queues"
        limit = _read(metric, alert.limit)
        crossed = Limits(critical=limit) if level is Level.CRITICAL else Limits(at_risk=limit)
        told = [f"{written(metric, _read(metric, alert.value))} when it began", *limits_in_words(metric, crossed)]
        return f"{metric.label} in {place}: {level.label}", f"{'; '.join(told)}."

    def address(alert: Alert, slug: str) -> str:
        if alert.queue_id is None:
            return reverse("analytics:wallboard", args=[slug])
        if metric.name in OF_QUEUE_NOW:
            query = {"status": ["open", "active"], "queue": alert.queue_id, "sort": "-wait"}
            return f"{reverse('conversations:list', args=[slug])}?{urlencode(query, doseq=True)}"
        return f"{reverse('analytics:queues', args=[slug])}?{urlencode({'queue': alert.queue_id})}"

    return AlertKind(f"{PREFIX}{metric.name}", metric.label, GROUP, "wallboard", words, address)


for _name in JUDGED:
    if METRICS[_name].better is not Better.NEITHER:
        register(_kind(METRICS[_name]))
add_source(readings)
