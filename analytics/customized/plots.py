"""A report's plots: a course where it is split by time, bars otherwise, over the very figures of its table."""

from datetime import datetime
from itertools import islice
from typing import Any

from analytics.customized.table import Line, Table, moments_of
from analytics.details import SCALE
from analytics.figures import written
from analytics.metrics import Metric, Unit, Value
from contact_center.web.plots import COLOURS, Bars, Course

MOST_BARS = 12
ALONE = "All"
NOTHING = "Nothing to plot in this report."


def plots(table: Table) -> list[dict[str, Any]]:
    """For components/_plot.html and components/_bars.html."""
    time = next((place for place, each in enumerate(table.layout.dimensions) if each.time), None)
    if time is None:
        return [{"bars": _bars(metric, table)} for metric in table.layout.plots]
    return [{"course": _course(metric, table, time)} for metric in table.layout.plots]


def _bars(metric: Metric, table: Table) -> Bars:
    known = [(line, line.values[metric.name]) for line in table.lines]
    items = [(line, value) for line, value in known if value is not None]
    largest = sorted(items, key=lambda each: -each[1])[:MOST_BARS]
    title = metric.label if len(items) <= MOST_BARS else f"{metric.label}, the {MOST_BARS} largest of {len(items):,}"
    return Bars(
        f"report-{metric.name}",
        title,
        NOTHING,
        [(" · ".join(line.labels) or ALONE, value, table.url(metric, line.key)) for line, value in largest],
        write=lambda value: written(metric, value),
    )


def _course(metric: Metric, table: Table, time: int) -> Course:
    factor, unit = SCALE[metric.unit]
    series: dict[str, dict[datetime, Value]] = {}
    for line in table.lines:
        series.setdefault(_others(line, time), {})[line.key[time]] = line.values[metric.name]
    weighed = sorted(series, key=lambda name: (-sum(value or 0.0 for value in series[name].values()), name))
    shown = list(islice(weighed, COLOURS))
    empty = 0.0 if metric.unit is Unit.COUNT else None
    moments = moments_of(table.question, table.layout.dimensions[time])
    points = [(at, [_scaled(series[name].get(at, empty), factor) for name in shown]) for at in moments]
    names = [name or metric.label for name in shown]
    left = len(weighed) - len(shown)
    return Course(
        f"report-{metric.name}",
        metric.label if not left else f"{metric.label}, the {len(shown)} largest of {len(weighed):,}",
        _summary(metric, table),
        names,
        points if shown else [],
        unit=unit,
        kind="step" if metric.unit is Unit.COUNT else "line",
        low=0,
        high=100 if metric.unit is Unit.SHARE else None,
    )


def _others(line: Line, time: int) -> str:
    return " · ".join(label for place, label in enumerate(line.labels) if place != time)


def _scaled(value: Value, factor: float) -> Value:
    return None if value is None else value * factor


def _summary(metric: Metric, table: Table) -> str:
    values = [value for line in table.lines if (value := line.values[metric.name]) is not None]
    if not values or table.total is None:
        return NOTHING
    whole = "in all" if metric.unit is Unit.COUNT else "over the whole period"
    return f"{written(metric, table.total[metric.name])} {whole}, at most {written(metric, max(values))} at a time."
