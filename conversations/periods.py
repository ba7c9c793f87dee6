"""Periods as a filter writes them: `2h`, `over-1d`, `today`, `yesterday`, or days such as `2026-11-01..2026-11-20`."""

import re
import zoneinfo
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone

_LENGTH = re.compile(r"([1-9]\d{0,4})([mhd])\Z")
_DAYS = re.compile(r"(\d{4}-\d{2}-\d{2})?\.\.(\d{4}-\d{2}-\d{2})?\Z")
_UNITS = {"m": ("minutes", "min"), "h": ("hours", "h"), "d": ("days", "days")}
_NAMED = {"today": 0, "yesterday": 1}


def length(typed: str) -> timedelta | None:
    """`10m`, `2h`, `7d`; None for anything else."""
    found = _LENGTH.match(typed)
    return timedelta(**{_UNITS[found[2]][0]: int(found[1])}) if found else None


def length_label(typed: str) -> str | None:
    found = _LENGTH.match(typed)
    if found is None:
        return None
    return "1 day" if typed == "1d" else f"{found[1]} {_UNITS[found[2]][1]}"


def period_label(typed: str) -> str | None:
    """None for what isn't a period."""
    if typed in _NAMED:
        return typed
    if back := length_label(typed.removeprefix("over-")):
        return f"more than {back} ago" if typed.startswith("over-") else f"in the last {back}"
    days = _days(typed)
    if days is None:
        return None
    first, last = (f"{day:%d %b %Y}".lstrip("0") if day else "" for day in (days.first, days.last))
    if first and last:
        return first if first == last else f"{first} to {last}"
    return f"from {first}" if first else f"until {last}"


def depends_on_calendar(typed: str) -> bool:
    """Whether it means something else in another time zone."""
    return typed in _NAMED or ".." in typed


def within(column: str, typed: str, zone: str) -> Q:
    """The rows whose moment in `column` lies in the period; days are those of the time zone."""
    if back := length(typed.removeprefix("over-")):
        comparison = "lt" if typed.startswith("over-") else "gte"
        return Q(**{f"{column}__{comparison}": Now() - back})
    days = _days(typed)
    if days is None:
        today = timezone.localtime(timezone=zoneinfo.ZoneInfo(zone)).date()
        day = today - timedelta(days=_NAMED[typed])
        days = _Days(day, day)
    found = Q()
    if days.first:
        found &= Q(**{f"{column}__gte": _midnight(days.first, zone)})
    if days.last:
        found &= Q(**{f"{column}__lt": _midnight(days.last + timedelta(days=1), zone)})
    return found


@dataclass(frozen=True, slots=True)
class _Days:
    """Both ends belong to it; one of them may be open."""

    first: date | None
    last: date | None


def _days(typed: str) -> _Days | None:
    found = _DAYS.match(typed)
    if found is None or not (found[1] or found[2]):
        return None
    try:
        first, last = (date.fromisoformat(part) if part else None for part in found.groups())
    except ValueError:
        return None
    if any(day and not 1970 <= day.year <= 9000 for day in (first, last)) or (first and last and first > last):
        return None
    return _Days(first, last)


def _midnight(day: date, zone: str) -> datetime:
    return datetime.combine(day, time.min, zoneinfo.ZoneInfo(zone))
