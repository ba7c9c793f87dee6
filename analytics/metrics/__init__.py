"""The metrics of the console: each is defined once here and read by every tile, grid, plot, report and alert."""

from collections.abc import Iterable, Mapping

from analytics.metrics.definition import Better, Metric, Now, Quotient, Sums, Total, Unit, Value
from analytics.metrics.live import OF_CONVERSATIONS, OF_REPRESENTATIVES
from analytics.metrics.measures import MEASURES, Measure
from analytics.metrics.offers import OF_OFFERS
from analytics.metrics.period import OF_PERIOD

METRICS: Mapping[str, Metric] = {
    metric.name: metric for metric in (*OF_CONVERSATIONS, *OF_REPRESENTATIVES, *OF_PERIOD, *OF_OFFERS)
}


def period_value(metric: Metric, sums: Sums) -> Value:
    """The figure that the sums of a period come to."""
    assert isinstance(metric.expression, Total | Quotient), metric.name  # noqa: S101  a live metric has no period
    return metric.expression.value(sums)


def period_values(sums: Sums, metrics: Iterable[Metric] = OF_PERIOD) -> dict[str, Value]:
    return {metric.name: period_value(metric, sums) for metric in metrics}


def measures_of(metrics: Iterable[Metric]) -> tuple[Measure, ...]:
    """What has to be counted for them, and nothing else."""
    found = {name for each in metrics if not isinstance(each.expression, Now) for name in each.expression.measures}
    return tuple(measure for measure in MEASURES if measure.name in found)


__all__ = [
    "METRICS",
    "OF_PERIOD",
    "Better",
    "Metric",
    "Unit",
    "Value",
    "measures_of",
    "period_value",
    "period_values",
]
