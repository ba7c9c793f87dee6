"""Judges what is looked at again and again: figures and stuck work. A crossing begins one alert, and it ends by itself.

So that a figure dancing about its limit doesn't ring each time: an alert begins at the first look that finds the limit
crossed, and ends when the figure has been back for STAYS_BACK without a break. It ends earlier only where things got
worse, from At risk to Critical or to twice as many, since that is a crossing of its own.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db.models import F

from conversations.alerts import settling
from conversations.models import Alert, AlertSettings

STAYS_BACK = timedelta(minutes=2)
# Looked at four times a minute; after so long without a look something is wrong.
SILENT_AFTER = timedelta(minutes=2)
_RANK = {"": 0, Alert.Level.AT_RISK.value: 1, Alert.Level.CRITICAL.value: 2}


@dataclass(frozen=True, slots=True)
class Reading:
    """Something that is beyond its limit now. `queue_id` None: in the whole organization."""

    kind: str
    queue_id: int | None
    value: int
    level: str = ""
    limit: int | None = None

    def is_worse_than(self, alert: Alert) -> bool:
        if self.level:
            return _RANK[self.level] > _RANK[alert.level]
        return self.value >= 2 * max(1, alert.value or 0)


# Each reads all that is beyond its limits, of the organization in scope.
Source = Callable[[datetime, AlertSettings], Iterable[Reading]]
SOURCES: list[Source] = []


def add_source(source: Source) -> None:
    if source not in SOURCES:
        SOURCES.append(source)


def judge(now: datetime) -> None:
    """Begin, keep and end the alerts of the organization in scope, inside a transaction.

    Two processes that look at once take turns: the second finds what the first has begun.
    """
    own = _locked_settings()
    found = {(each.kind, each.queue_id): each for source in SOURCES for each in source(now, own)}
    course = _Course()
    for alert in Alert.objects.filter(conversation=None, ended_at=None):
        course.add(alert, found.get((alert.kind, alert.queue_id)), now, own)
    settling.end(course.over, now)
    # It was over when the figure came back, which is known only now.
    settling.end(course.stayed_back, F("back_since"))
    _mark(course.came_back, now)
    _mark(course.crossed_again, None)
    new = [each for key, each in found.items() if key not in course.kept and each.kind not in own.off]
    settling.begin([_alert(reading, now) for reading in new], own, now)
    settling.end_of_kinds(own.off, now)
    AlertSettings.objects.filter(pk=own.pk).update(judged_at=now)


def silent_since(now: datetime) -> datetime | None:
    """When somebody last looked, where that is too long ago; None where it isn't, or nobody ever has. One query."""
    last = AlertSettings.objects.values_list("judged_at", flat=True).first()
    return last if last is not None and last < now - SILENT_AFTER else None


@dataclass
class _Course:
    """What becomes of the alerts that are open. Those `kept` begin no other."""

    kept: set[tuple[str, int | None]] = field(default_factory=set)
    over: list[int] = field(default_factory=list)
    stayed_back: list[int] = field(default_factory=list)
    came_back: list[int] = field(default_factory=list)
    crossed_again: list[int] = field(default_factory=list)

    def add(self, alert: Alert, reading: Reading | None, now: datetime, own: AlertSettings) -> None:
        if alert.kind in own.off or (reading and reading.is_worse_than(alert)):
            self.over.append(alert.pk)
            return
        self.kept.add((alert.kind, alert.queue_id))
        if reading is None and alert.back_since is None:
            self.came_back.append(alert.pk)
        elif reading is None and alert.back_since and alert.back_since <= now - STAYS_BACK:
            self.stayed_back.append(alert.pk)
        elif reading is not None and alert.back_since is not None:
            self.crossed_again.append(alert.pk)


def _locked_settings() -> AlertSettings:
    own = AlertSettings.objects.select_for_update().first()
    if own is None:
        AlertSettings.objects.get_or_create()
        own = AlertSettings.objects.select_for_update().get()
    return own


def _mark(ids: list[int], back_since: datetime | None) -> None:
    if ids:
        Alert.objects.filter(pk__in=ids).update(back_since=back_since)
        settling.tell()


def _alert(reading: Reading, now: datetime) -> Alert:
    return Alert(
        kind=reading.kind,
        queue_id=reading.queue_id,
        level=reading.level,
        value=reading.value,
        limit=reading.limit,
        raised_at=now,
    )
