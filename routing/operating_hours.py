"""When a queue is open. Pure: hours and a moment in, an answer out."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from routing.models import OperatingHours, Queue

DAY_MINUTES = 24 * 60


def is_open(hours: OperatingHours | None, at: datetime) -> bool:
    """Whether `at` lies within the hours, in their own time zone. None, or no stretch at all, is open day and night.

    A stretch whose end isn't after its start goes on past midnight; it begins on the day it is listed under.
    """
    if hours is None or not any(hours.weekly.values()):
        return True
    local = at.astimezone(_zone(hours.time_zone))
    minute = local.hour * 60 + local.minute
    today, yesterday = _stretches(hours, local), _stretches(hours, local - timedelta(days=1))
    return any(_covers(start, end, minute) for start, end in today) or any(
        end <= start and minute < end for start, end in yesterday
    )


def queue_is_open(queue: Queue, at: datetime) -> bool:
    """By its hours, unless somebody has closed it. Needs the hours loaded."""
    return not closed_by_hand(queue, at) and is_open(queue.operating_hours, at)


def closed_by_hand(queue: Queue, at: datetime) -> bool:
    """A supervisor has closed it, until a moment or until somebody reopens it."""
    if queue.closed_until is not None:
        return at < queue.closed_until
    return queue.closed_at is not None


def drains_since(queue: Queue, at: datetime) -> datetime | None:
    """What waited before this moment is still answered though the queue takes nothing new; None where all of it waits.

    Whoever closes a queue by hand leaves those in it in line; hours end for everybody.
    """
    if not closed_by_hand(queue, at) or not is_open(queue.operating_hours, at):
        return None
    return queue.closed_at


def _covers(start: int, end: int, minute: int) -> bool:
    return start <= minute < (end if end > start else DAY_MINUTES)


def _stretches(hours: OperatingHours, local: datetime) -> list[tuple[int, int]]:
    return [_minutes(stretch) for stretch in hours.weekly.get(str(local.weekday()), [])]


def _minutes(stretch: Sequence[str]) -> tuple[int, int]:
    start, end = (int(hour) * 60 + int(minute) for hour, _, minute in (text.partition(":") for text in stretch))
    return start, end


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")
