"""A metric's value as people read it: the figure, how it is doing, and how it moved."""

from dataclasses import asdict, dataclass
from typing import Any

from analytics.metrics import Better, Metric, Unit, Value
from analytics.thresholds import Level, Limits, level_of
from contact_center.web.templatetags.console import duration

NO_VALUE = "–"


@dataclass(frozen=True, slots=True)
class Figure:
    """What a template prints of one metric. `trend` is good, bad, same or empty; `moved` says the same in words."""

    name: str
    label: str
    text: str
    level: str
    level_label: str
    trend: str = ""
    moved: str = ""
    by: str = ""

    @property
    def plain(self) -> dict[str, Any]:
        """With number and sign apart, so that a large figure's sign can be small."""
        number, _, sign = self.text.partition(" ") if self.text.endswith(" %") else (self.text, "", "")
        return {**asdict(self), "number": number, "sign": sign}


def figure(metric: Metric, value: Value, limits: Limits, *, before: Value = None, ago: str = "") -> Figure:
    level = level_of(metric, value, limits)
    trend, by, moved = _moved(metric, value, before, ago)
    return Figure(metric.name, metric.label, written(metric, value), level.value, level.label, trend, moved, by)


def written(metric: Metric, value: Value) -> str:
    """12, 1,284, 04:12, 92.5 %; a dash where there is nothing to say."""
    if value is None:
        return NO_VALUE
    if metric.unit is Unit.DURATION:
        return duration(value)
    if metric.unit is Unit.SHARE:
        return f"{_short(value * 100)} %"
    return f"{round(value):,}"


def _moved(metric: Metric, value: Value, before: Value, ago: str) -> tuple[str, str, str]:
    if value is None or before is None:
        return "", "", ""
    difference = value - before
    # As written: what rounds to the same is the same.
    amount = written(metric, abs(difference))
    if amount == written(metric, 0):
        return "same", "", f"As {ago}"
    if metric.better is Better.NEITHER:
        trend = "same"
    else:
        trend = "good" if (difference > 0) is (metric.better is Better.HIGHER) else "bad"
    if metric.unit is Unit.SHARE:
        amount = amount.replace(" %", " points")
    return trend, f"{'▲' if difference > 0 else '▼'} {amount}", f"{amount} {_word(metric, difference)} than {ago}"


def _word(metric: Metric, difference: float) -> str:
    if metric.unit is Unit.DURATION:
        return "longer" if difference > 0 else "shorter"
    return "more" if difference > 0 else "less"


def _short(number: float) -> str:
    return f"{number:.1f}".removesuffix(".0")


def limits_in_words(metric: Metric, limits: Limits) -> list[str]:
    side = "or less" if metric.better is Better.HIGHER else "or more"
    named = ((Level.AT_RISK, limits.at_risk), (Level.CRITICAL, limits.critical))
    return [f"{level.label} at {written(metric, limit)} {side}" for level, limit in named if limit is not None]
