"""Hours and days by which a report is split: the organization's, each known by the instant at which it begins."""

from datetime import UTC, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from django.db.models import DateTimeField, F, Func
from django.db.models import Value as SqlValue

from analytics.scope import Period

ONE = timedelta(hours=1)


class Step(StrEnum):
    HOUR = "hour"
    DAY = "day"


def beginning(step: Step, column: str, zone: str) -> Func:
    """The instant itself, not what the clocks showed then: one hour of the year they show twice."""
    return Func(SqlValue(step.value), F(column), SqlValue(zone), function="date_trunc", output_field=DateTimeField())


def each_of(step: Step, period: Period, zone: str) -> list[datetime]:
    """Every hour or day of the period, by its beginning."""
    place = ZoneInfo(zone)
    at, found = _begun(step, period.since, place), []
    while at < period.until:
        found.append(at)
        at = _begun(step, at + ONE, place) if step is Step.HOUR else _next_day(at, place)
    return found


def _begun(step: Step, moment: datetime, place: ZoneInfo) -> datetime:
    local = moment.astimezone(place)
    if step is Step.DAY:
        return local.replace(hour=0, minute=0, second=0, microsecond=0, fold=0).astimezone(UTC)
    into = timedelta(minutes=local.minute, seconds=local.second, microseconds=local.microsecond)
    return (moment - into).astimezone(UTC)


def _next_day(at: datetime, place: ZoneInfo) -> datetime:
    """A day is one by the calendar: where clocks are changed it has 23 or 25 hours, and its noon is still its own."""
    return _begun(Step.DAY, at + timedelta(hours=36), place)


def said(step: Step, at: datetime, zone: str) -> str:
    local = at.astimezone(ZoneInfo(zone))
    if step is Step.DAY:
        return f"{local:%a} {local.day} {local:%b %Y}"
    return f"{local:%a} {local.day} {local:%b}, {local:%H:%M}{_which(local)}"


def in_file(step: Step, at: datetime, zone: str) -> str:
    """As a spreadsheet reads it."""
    local = at.astimezone(ZoneInfo(zone))
    return f"{local:%Y-%m-%d}" if step is Step.DAY else f"{local:%Y-%m-%d %H:%M}{_which(local)}"


def _which(local: datetime) -> str:
    """Of two hours that read alike, summer's or winter's."""
    twice = local.utcoffset() != local.replace(fold=1 - local.fold).utcoffset()
    return f" {local:%Z}" if twice else ""
