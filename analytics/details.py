"""See details: what a metric is, how it is counted, from where on it is at risk, and its course over the last hours."""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Sum

from analytics import samples
from analytics.figures import limits_in_words
from analytics.metrics import Better, Metric, Unit, Value, period_value
from analytics.metrics.definition import Source, Total
from analytics.metrics.measures import NOTHING
from analytics.models import Rollup
from analytics.rollups import bucket_of, counted_until
from analytics.scope import Period, Scope
from analytics.thresholds import Limits, thresholds
from contact_center.web.plots import Course

SHOWN = timedelta(hours=6)
# Live figures of the last hours come from samples; the others were never looked at.
SAMPLED = frozenset({*samples.COUNTS, *samples.TOGETHER, "longest_wait"})
IN_WORDS = {
    Better.HIGHER: "Higher is better.",
    Better.LOWER: "Lower is better.",
    Better.NEITHER: "Neither high nor low is better by itself.",
}
# A plot's axis shows shares as percents and durations in minutes.
SCALE = {Unit.SHARE: (100.0, " %"), Unit.DURATION: (1 / 60, " min"), Unit.COUNT: (1.0, ""), Unit.SCORE: (1.0, "")}


def details(metric: Metric, scope: Scope, now: datetime) -> dict[str, Any]:
    """For analytics/_details_dialog.html. Three queries at most."""
    limits = thresholds().get(metric.name, Limits())
    return {
        "metric": metric,
        "kind": "Live: how it is now" if metric.is_live else "Over the chosen period",
        "better": IN_WORDS[metric.better],
        "limits": limits_in_words(metric, limits),
        "plot": course(metric, scope, now),
    }


def course(metric: Metric, scope: Scope, now: datetime) -> Course | None:
    """How the metric went in the last hours; None where nothing of it is kept."""
    if metric.source is Source.OFFERS or (metric.is_live and metric.name not in SAMPLED):
        return None
    factor, unit = SCALE[metric.unit]
    points = _sampled(metric, scope, now) if metric.is_live else _counted(metric, scope, now)
    shown = [(at, (None if value is None else value * factor,)) for at, value in points]
    return Course(
        id=f"metric-{metric.name}",
        title=f"{metric.label}, last 6 hours",
        summary=_summary([value for _, (value,) in shown if value is not None], unit),
        series=[metric.label],
        points=shown,
        unit=unit,
        kind="line",
        high=100 if metric.unit is Unit.SHARE else None,
        low=0 if metric.unit is Unit.SHARE else None,
    )


def _sampled(metric: Metric, scope: Scope, now: datetime) -> list[tuple[datetime, Value]]:
    found = samples.course(Period(now - SHOWN, now + samples.MINUTE), scope)
    return [(point.at, point.values[metric.name]) for point in found if point.at.minute % 5 == 0 or point is found[-1]]


def _counted(metric: Metric, scope: Scope, now: datetime) -> list[tuple[datetime, Value]]:
    """Quarters of an hour: five minutes are too few for a share. What isn't counted yet is left out, not nothing."""
    until = counted_until() or now - SHOWN
    rows = Rollup.objects.filter(scope.condition(), starts_at__gte=bucket_of(now - SHOWN))
    quarters: dict[datetime, dict[str, Any]] = {}
    summed: Any = rows.values("starts_at").annotate(**{f"of_{name}": Sum(name) for name in NOTHING})
    for row in summed.order_by("starts_at"):
        at = row["starts_at"].replace(minute=row["starts_at"].minute // 15 * 15)
        sums = quarters.setdefault(at, dict(NOTHING))
        for name in NOTHING:
            sums[name] += row[f"of_{name}"]
    empty = 0.0 if isinstance(metric.expression, Total) else None
    start, quarter = bucket_of(now - SHOWN), timedelta(minutes=15)
    start = start.replace(minute=start.minute // 15 * 15)
    moments = [start + quarter * number for number in range(int(SHOWN / quarter) + 1)]
    whole = [at for at in moments if at + quarter <= min(until, now)]
    return [(at, period_value(metric, quarters[at]) if at in quarters else empty) for at in whole]


def _summary(values: list[float], unit: str) -> str:
    if not values:
        return "Nothing was counted in these hours yet."
    low, high, last = (f"{value:.1f}".removesuffix(".0") + unit for value in (min(values), max(values), values[-1]))
    return f"Between {low} and {high}, {last} at the end."
