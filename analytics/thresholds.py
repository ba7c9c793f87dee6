"""From where on a figure is At risk or Critical: the organization's own limits, else those of the metric."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from analytics.metrics import METRICS, Better, Metric, Value
from analytics.models import Threshold


class Level(StrEnum):
    NORMAL = "normal"
    AT_RISK = "at_risk"
    CRITICAL = "critical"

    @property
    def label(self) -> str:
        return {"normal": "Normal", "at_risk": "At risk", "critical": "Critical"}[self.value]


@dataclass(frozen=True, slots=True)
class Limits:
    at_risk: float | None = None
    critical: float | None = None


Thresholds = Mapping[str, Limits]


def usual(metric: Metric) -> Limits:
    """Those that hold where the organization has set none."""
    return Limits(metric.at_risk, metric.critical)


def thresholds() -> dict[str, Limits]:
    """Of every metric that has any. One query."""
    found = {metric.name: usual(metric) for metric in METRICS.values() if metric.better is not Better.NEITHER}
    for row in Threshold.objects.all():
        if row.metric in found:
            found[row.metric] = Limits(row.at_risk, row.critical)
    return found


def level_of(metric: Metric, value: Value, limits: Limits) -> Level:
    """Normal where there is nothing to judge or nothing to judge by."""
    if value is None:
        return Level.NORMAL
    for level, limit in ((Level.CRITICAL, limits.critical), (Level.AT_RISK, limits.at_risk)):
        if limit is not None and (value <= limit if metric.better is Better.HIGHER else value >= limit):
            return level
    return Level.NORMAL
