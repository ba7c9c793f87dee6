"""A report's figures as plain data, for the page, for the hub to compare, and for the file."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from analytics.customized.counting import MOST_ROWS, Counts, Key, Question, TooFine, count, nothing_of
from analytics.customized.dimensions import Dimension
from analytics.customized.layout import NO_METRIC, Layout
from analytics.customized.moments import each_of
from analytics.customized.opening import Figure, leads_anywhere
from analytics.figures import figure
from analytics.metrics import Metric, Value
from analytics.thresholds import Limits, Thresholds, thresholds
from contact_center.tenancy.roles import Right
from conversations.filters import ConversationFilter
from conversations.list_context import list_url_of, with_query

GONE = "One that is gone"
TOO_FINE = (
    f"These dimensions make more than {MOST_ROWS:,} rows. Take one of them away, "
    "or choose a shorter period or a filter."
)


@dataclass(frozen=True)
class Line:
    """One row: the values of the dimensions, their words, and a figure for each metric."""

    key: Key
    labels: tuple[str, ...]
    values: Mapping[str, Value]


@dataclass(frozen=True)
class Table:
    """`lines` stand in order. `problem` says why there is nothing."""

    question: Question
    lines: tuple[Line, ...] = ()
    total: Mapping[str, Value] | None = None
    problem: str = ""

    @property
    def layout(self) -> Layout:
        return self.question.layout

    @classmethod
    def read(cls, shown: ConversationFilter, now: datetime) -> "Table":
        """The figures, and one query more for each dimension whose values are rows."""
        question = Question(shown, Layout.of(shown), now)
        if not question.layout.metrics:
            return cls(question, problem="" if question.layout.problems else NO_METRIC)
        try:
            counts = count(question)
        except TooFine:
            return cls(question, problem=TOO_FINE)
        return cls(question, _lines(question, counts), counts.total)

    def cells(self, values: Mapping[str, Value], limits: Thresholds, key: Key | None = None) -> list[dict[str, Any]]:
        return [self._cell(metric, values[metric.name], limits, key) for metric in self.layout.metrics]

    def _cell(self, metric: Metric, value: Value, limits: Thresholds, key: Key | None) -> dict[str, Any]:
        found = figure(metric, value, limits.get(metric.name, Limits()))
        # Nothing is behind nothing.
        url = self.url(metric, key) if value else ""
        level_label = found.level_label if found.level != "normal" else ""
        return {"text": found.text, "level": found.level, "level_label": level_label, "url": url, "label": metric.label}

    def url(self, metric: Metric, key: Key | None) -> str:
        """Where the conversations behind a figure stand, or its people; empty for who may not see them."""
        shown = self.question.shown
        actor, at = shown.choices.actor, tuple(zip(self.layout.dimensions, key or (), strict=False))
        if not actor.may(Right.SUPERVISE):
            return ""
        if not leads_anywhere(metric):
            queue = [
                (each.name, each.written(value)) for each, value in at if each.name == "queue" and value is not None
            ]
            return with_query(reverse("analytics:representatives", args=[actor.organization_slug]), urlencode(queue))
        opened = shown.of_figure(str(Figure(metric, at)))
        return with_query(list_url_of(actor, shown.listing), opened.query_string())


def plain(table: Table, most: int) -> dict[str, Any]:
    """For analytics/customized/_figures.html: at most so many rows. One query, for the thresholds."""
    limits = thresholds() if table.lines or table.total else {}
    rows = [
        {"place": place, "labels": list(line.labels), "cells": table.cells(line.values, limits, line.key)}
        for place, line in enumerate(table.lines[:most], start=1)
    ]
    return {
        "rows": rows,
        "total": table.cells(table.total, limits) if table.total is not None else [],
        "left_out": max(0, len(table.lines) - most),
        "problem": table.problem,
    }


# --- Order ---


def _lines(question: Question, counts: Counts) -> tuple[Line, ...]:
    layout, counts = question.layout, _with_empty_moments(question, counts)
    words = [
        _words(each, {key[place] for key in counts.rows}, question.zone) for place, each in enumerate(layout.dimensions)
    ]
    lines = [
        Line(key, tuple(words[place].get(value, GONE) for place, value in enumerate(key)), values)
        for key, values in counts.rows.items()
    ]
    places = [{value: place for place, value in enumerate(each)} for each in words]
    lines.sort(key=lambda line: [places[n].get(value, len(places[n])) for n, value in enumerate(line.key)])
    name, descending = layout.order
    if not name:
        return tuple(lines)
    known = [line for line in lines if line.values[name] is not None]
    known.sort(key=lambda line: line.values[name] or 0.0, reverse=descending)
    return (*known, *(line for line in lines if line.values[name] is None))


def _with_empty_moments(question: Question, counts: Counts) -> Counts:
    """Split by nothing but time, an hour or day in which nothing happened is a row as well."""
    by = question.layout.dimensions
    if len(by) != 1 or not by[0].time:
        return counts
    nothing = nothing_of(question.layout.metrics)
    return Counts({**{(at,): nothing for at in moments_of(question, by[0])}, **counts.rows}, counts.total)


def moments_of(question: Question, dimension: Dimension) -> list[datetime]:
    """Every hour or day of the period."""
    assert dimension.time is not None, dimension.name  # noqa: S101 - asked by the callers
    return each_of(dimension.time, question.period, question.zone)


def _words(dimension: Dimension, keys: set[Any], zone: str) -> dict[Any, str]:
    """In the dimension's own order, and without a value last."""
    found = dict(dimension.words(keys, zone))
    return {**found, None: dimension.none}


# --- For the head of the table ---


def heads(layout: Layout, shown: ConversationFilter) -> list[dict[str, str]]:
    """Figures begin with the largest; the same column again turns round."""
    url, (name, descending) = list_url_of(shown.choices.actor, shown.listing), layout.order
    found = []
    for metric in layout.metrics:
        current = metric.name == name
        order = metric.name if current and descending else f"-{metric.name}"
        sort = ("descending" if descending else "ascending") if current else ""
        address = with_query(url, urlencode(_ordered(shown, order)))
        found.append({"name": metric.name, "label": metric.label, "sort_url": address, "sort": sort})
    return found


def _ordered(shown: ConversationFilter, order: str) -> Sequence[tuple[str, str]]:
    kept = [pair for pair in shown.definition_pairs() if pair[0] != "order"]
    view = [("view", shown.view.key)] if shown.view else []
    return [*view, *kept, ("order", order)]
