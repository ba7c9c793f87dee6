"""Cells that the grids share: a figure with its level, and the scope in which a grid counts."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Self

from analytics.figures import figure
from analytics.metrics import METRICS, Unit, Value
from analytics.scope import Scope
from analytics.thresholds import Limits, Thresholds
from routing.kinds import Channel


@dataclass(frozen=True, slots=True)
class Cell:
    """A figure as it is written; `value` is what it is ordered by, `url` where what it counts stands."""

    value: Value
    text: str
    level: str
    level_label: str
    url: str = ""

    @classmethod
    def of(cls, name: str, values: Mapping[str, Value], limits: Thresholds, url: str = "") -> Self:
        metric, value = METRICS[name], values.get(name)
        found = figure(metric, value, limits.get(name, Limits()))
        # Nothing is behind nothing; behind 0 % is what it is divided by.
        leads = bool(value) or (value is not None and metric.unit is not Unit.COUNT)
        level_label = found.level_label if found.level != "normal" else ""
        return cls(value, found.text, found.level, level_label, url if leads else "")


def with_records(scope: Scope) -> Scope:
    """A grid counts what its rows hold, records too, unless channels are chosen."""
    return scope if scope.channels else replace(scope, channels=frozenset(Channel.values))
