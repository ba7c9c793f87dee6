"""A filter of a few named fields: the address's query ↔ chips and check boxes ↔ the rows it lets through.

For lists beside those of conversations, whose filter language is conversations/filters.py.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any, Self
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.utils import timezone

# What a wrong value is repeated as, at most.
SHOWN = 60
Condition = Callable[[Sequence[str]], Q]


@dataclass(frozen=True)
class Field:
    """`options` are offered, value → label; `reads` gives the label of a value beyond them, None when it has none."""

    name: str
    label: str
    options: Mapping[str, str]
    condition: Condition
    reads: Callable[[str], str | None] = lambda value: None

    def label_of(self, value: str) -> str | None:
        return self.options.get(value) or self.reads(value)


@dataclass(frozen=True)
class QueryFilter:
    """Within a field OR, between fields AND. A value that means nothing matches nothing, and a notice names it."""

    fields: tuple[Field, ...]
    values: Mapping[str, tuple[str, ...]]
    senseless: tuple[tuple[str, str], ...] = ()

    @classmethod
    def from_query(cls, query: QueryDict, fields: Sequence[Field]) -> Self:
        values: dict[str, tuple[str, ...]] = {}
        senseless: list[tuple[str, str]] = []
        for field in fields:
            typed = sorted({value.strip() for value in query.getlist(field.name)} - {""})
            accepted = tuple(value for value in typed if field.label_of(value) is not None)
            senseless += [(field.name, value) for value in typed if value not in accepted]
            if accepted:
                values[field.name] = accepted
        return cls(tuple(fields), values, tuple(senseless))

    def apply(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        wrong = {name for name, _ in self.senseless}
        for field in self.fields:
            if accepted := self.values.get(field.name):
                rows = rows.filter(field.condition(accepted))
            elif field.name in wrong:
                return rows.none()
        return rows

    @property
    def is_default(self) -> bool:
        return not self.values and not self.senseless

    @property
    def notices(self) -> list[str]:
        labels = {field.name: field.label for field in self.fields}
        return [
            f"“{_shortened(value)}” isn’t a value of the filter {labels[name]}, so nothing matches it."
            for name, value in self.senseless
        ]

    def chips(self, url: str) -> list[dict[str, str]]:
        chips = []
        for field in self.fields:
            chosen = self.values.get(field.name, ())
            for value in chosen:
                left = replace(self, values={**self.values, field.name: tuple(v for v in chosen if v != value)})
                chips.append(_chip(field, field.label_of(value) or value, left, url))
            for wrong in [each for each in self.senseless if each[0] == field.name]:
                left = replace(self, senseless=tuple(each for each in self.senseless if each != wrong))
                chips.append(_chip(field, _shortened(wrong[1]), left, url))
        return chips

    def controls(self) -> list[dict[str, Any]]:
        """For conversations/_filter_bar.html; a field without options has a box of its own elsewhere.

        A value beyond the options that is chosen is offered as well.
        """
        return [
            {
                "name": field.name,
                "label": field.label,
                "options": [
                    {"value": value, "label": label, "checked": value in self.values.get(field.name, ())}
                    for value, label in self._offered(field).items()
                ],
            }
            for field in self.fields
            if field.options
        ]

    def _offered(self, field: Field) -> dict[str, str]:
        more = {value: field.label_of(value) or value for value in self.values.get(field.name, ())}
        return {**field.options, **more}

    def pairs(self) -> tuple[tuple[str, str], ...]:
        """The canonical query: fields in their order, values sorted."""
        found = []
        for field in self.fields:
            wrong = [value for name, value in self.senseless if name == field.name]
            found += [(field.name, value) for value in sorted([*self.values.get(field.name, ()), *wrong])]
        return tuple(found)


def _chip(field: Field, value: str, left: QueryFilter, url: str) -> dict[str, str]:
    query = urlencode(left.pairs())
    return {"label": field.label, "value": value, "remove_url": f"{url}?{query}" if query else url}


def _shortened(value: str) -> str:
    return value if len(value) <= SHOWN else f"{value[:SHOWN]}…"


# --- Dates ---

DAYS = {"today": "Today", "yesterday": "Yesterday", "7-days": "Last 7 days", "30-days": "Last 30 days"}


def date_field(name: str, label: str, column: str, time_zone: str) -> Field:
    """Days of the reader's time zone: one of DAYS or a day such as 2026-11-20."""
    zone = ZoneInfo(time_zone)

    def condition(values: Sequence[str]) -> Q:
        found = Q()
        for value in values:
            first, after = _days(value, timezone.now().astimezone(zone).date())
            bounds = (datetime.combine(day, time(), zone) for day in (first, after))
            found |= Q(**dict(zip((f"{column}__gte", f"{column}__lt"), bounds, strict=True)))
        return found

    return Field(name, label, DAYS, condition, _day_in_words)


def _days(value: str, today: date) -> tuple[date, date]:
    tomorrow = today + timedelta(days=1)
    first = {
        "today": today,
        "yesterday": today - timedelta(days=1),
        "7-days": today - timedelta(days=6),
        "30-days": today - timedelta(days=29),
    }.get(value)
    if first is None:
        day = date.fromisoformat(value)
        return day, day + timedelta(days=1)
    return first, today if value == "yesterday" else tomorrow


def _day_in_words(value: str) -> str | None:
    try:
        day = date.fromisoformat(value) if len(value) == len("2026-11-20") else None
    except ValueError:
        return None
    return f"{day.day} {day:%B %Y}" if day and 1970 <= day.year <= 9000 else None
