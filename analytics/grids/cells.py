"""Cells that the grids share: a figure with its level, and the scope in which a grid counts."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Self

from analytics.figures import figure
from analytics.metrics import METRICS, Value
from analytics.scope import Scope
from analytics.thresholds import Limits, Thresholds
from routing.kinds import Channel


@dataclass(frozen=True, slots=True)
class Cell:
    """A figure as it is written; `value` is what it is ordered by."""

    value: Value
    text: str
    level: str
    level_label: str

    @classmethod
    def of(cls, name: str, values: Mapping[str, Value], limits: Thresholds) -> Self:
        found = figure(METRICS[name], values.get(name), limits.get(name, Limits()))
        return cls(values.get(name), found.text, found.level, found.level_label if found.level != "normal" else "")


def with_records(scope: Scope) -> Scope:
    """A grid counts what its rows hold, records too, unless channels are chosen."""
    return scope if scope.channels else replace(scope, channels=frozenset(Channel.values))
