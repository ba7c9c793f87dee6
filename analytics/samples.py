"""Samples of the present, one a minute: what a figure of now was a while ago, and its course over the last days."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import F, Max, Sum

from analytics.metrics.definition import Value, plain
from analytics.metrics.live import OF_CONVERSATIONS, aggregates, ongoing
from analytics.models import Counting, Sample
from analytics.rollups import EVERYTHING
from analytics.scope import Period, Scope
from routing.kinds import Channel
from routing.models import Queue

MINUTE = timedelta(minutes=1)
KEPT = timedelta(days=3)
# A sample this much older than the moment asked for still speaks for it.
SPEAKS_FOR = timedelta(minutes=2)
COUNTS = (
    "open",
    "awaiting_acceptance",
    "active_with_representatives",
    "active_with_ai_agents",
    "waiting",
    "wrap_up",
)
_SAMPLED = tuple(metric for metric in OF_CONVERSATIONS if metric.name in (*COUNTS, "longest_wait"))
# What sums of the samples come to, beside themselves.
TOGETHER = {
    "active": ("active_with_representatives", "active_with_ai_agents"),
    "backlog": ("open", "awaiting_acceptance"),
    "ongoing": COUNTS,
}


@dataclass(frozen=True, slots=True)
class Point:
    at: datetime
    values: dict[str, Value]


def minute_of(moment: datetime) -> datetime:
    return moment.replace(second=0, microsecond=0)


def take(now: datetime) -> int:
    """One sample of the organization in scope, unless the minute has one. Forgets what is too old."""
    at = minute_of(now)
    Counting.objects.get_or_create()
    mark = Counting.objects.select_for_update().get()
    if mark.sampled_at and mark.sampled_at >= at:
        return 0
    rows: Any = ongoing(EVERYTHING).values("queue_id", in_channel=F("channel")).annotate(**aggregates(_SAMPLED, now))
    samples = [
        Sample(
            at=at,
            queue_id=row["queue_id"],
            channel=row["in_channel"],
            **{metric.name: row[f"of_{metric.name}"] for metric in _SAMPLED},
        )
        for row in rows.order_by()
    ]
    if not samples and (queue := Queue.objects.order_by("pk").first()):
        # That nothing was ongoing is known only where a row says that somebody looked.
        samples = [Sample(at=at, queue=queue, channel=Channel.LIVE_CHAT)]
    Sample.objects.bulk_create(samples)
    Sample.objects.filter(at__lt=now - KEPT).delete()
    mark.sampled_at = at
    mark.save(update_fields=["sampled_at"])
    return len(samples)


def at(moment: datetime, scope: Scope) -> dict[str, Value] | None:
    """The live figures as they were; None where nobody looked then. Two queries."""
    since = moment - SPEAKS_FOR
    found = Sample.objects.filter(at__gt=since, at__lte=moment).aggregate(last=Max("at"))["last"]
    if found is None:
        return None
    return course(Period(found, found + MINUTE), scope)[0].values


def course(period: Period, scope: Scope) -> Sequence[Point]:
    """Every minute of the period that was looked at, summed over the scope; nothing is a figure too. One query."""
    rows, within = Sample.objects.filter(at__gte=period.since, at__lt=period.until), scope.condition()
    summed = rows.values("at").annotate(
        **{f"of_{name}": Sum(name, filter=within, default=0) for name in COUNTS},
        of_longest_wait=Max("longest_wait", filter=within),
    )
    return [Point(row["at"], _values(row)) for row in summed.order_by("at")]


def _values(row: Mapping[str, Any]) -> dict[str, Value]:
    values = {name: plain(row[f"of_{name}"]) for name in COUNTS}
    together = {name: sum(values[part] or 0.0 for part in parts) for name, parts in TOGETHER.items()}
    return {**values, **together, "longest_wait": plain(row["of_longest_wait"])}
