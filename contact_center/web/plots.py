"""Plots as data: a course over time and bars by category, each with its sentence and the table behind it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import cycle, islice
from typing import Any

# The colours of tokens.css, --plot-1 to --plot-6.
COLOURS = 6


@dataclass(frozen=True)
class Course:
    """Lines over time, for components/_plot.html. `points` hold one value for each of `series`; None is a gap.

    `summary` says in words what the lines show. `low` and `high` fix the axis; it fits the values otherwise. `kind` is
    line, step or area.
    """

    id: str
    title: str
    summary: str
    series: Sequence[str]
    points: Sequence[tuple[datetime, Sequence[float | None]]]
    unit: str = ""
    kind: str = "line"
    low: float | None = None
    high: float | None = None
    colours: Sequence[int] = ()

    @property
    def legend(self) -> list[dict[str, Any]]:
        numbers = self.colours or islice(cycle(range(1, COLOURS + 1)), len(self.series))
        return [{"label": label, "colour": colour} for label, colour in zip(self.series, numbers, strict=True)]

    @property
    def rows(self) -> list[dict[str, Any]]:
        return [
            {"at": at.isoformat(), "cells": [{"value": _plain(value), "text": self._text(value)} for value in values]}
            for at, values in self.points
        ]

    def _text(self, value: float | None) -> str:
        return "–" if value is None else f"{_plain(value)}{self.unit}"


@dataclass(frozen=True)
class Bars:
    """Figures by category, for components/_bars.html: `items` are (label, value), with the address each leads to.

    `write` is how a value reads; counts by themselves.
    """

    id: str
    title: str
    summary: str
    items: Sequence[tuple[str, float, str]]
    write: Callable[[float], str] = field(default="{:,.0f}".format, compare=False)

    @property
    def rows(self) -> list[dict[str, Any]]:
        most = max((count for _, count, _ in self.items), default=0) or 1
        return [
            {"label": label, "text": self.write(count), "width": round(100 * count / most, 1), "url": url}
            for label, count, url in self.items
        ]


def _plain(value: float | None) -> str:
    """As the table says it and the script reads it: at most two decimals, none where there are none."""
    return "" if value is None else f"{value:.2f}".rstrip("0").rstrip(".")


@dataclass(frozen=True)
class Stretch:
    """A state that lasted. `name` is its look, `is-<name>` in the style sheets."""

    name: str
    label: str
    start: datetime
    end: datetime
    by: str = ""


@dataclass(frozen=True)
class Stretches:
    """One state after another over time, for components/_stretches.html."""

    id: str
    title: str
    summary: str
    since: datetime
    until: datetime
    items: Sequence[Stretch]

    @property
    def rows(self) -> list[dict[str, Any]]:
        """Places and widths of 100."""
        length = (self.until - self.since).total_seconds() or 1
        return [
            {
                "name": item.name,
                "label": item.label,
                "by": item.by,
                "start": item.start.isoformat(),
                "lasted": item.end - item.start,
                "at": round(100 * (item.start - self.since).total_seconds() / length, 3),
                "width": round(100 * (item.end - item.start).total_seconds() / length, 3),
            }
            for item in self.items
        ]

    @property
    def ticks(self) -> list[str]:
        """Moments along the axis, from one end to the other."""
        step = (self.until - self.since) / 4
        return [(self.since + step * number).isoformat() for number in range(5)]
