"""Roll-ups: the measures of five minutes each, counted once they are over, and read together with what isn't yet.

Filling is idempotent: a stretch is deleted and written again in one transaction. A change may be committed some time
after the moment it carries, so the last buckets are counted anew each time.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import DateTimeField, F, Func, Min, Sum
from django.db.models import Value as SqlValue

from analytics.metrics import measures
from analytics.metrics.measures import MEASURES, NOTHING, Event, Measure
from analytics.models import Counting, Rollup
from analytics.scope import Period, Scope
from conversations.models import QueueSegment
from routing.kinds import Channel

BUCKET = timedelta(minutes=5)
# Nothing is counted for good before this; and so much is counted again each time.
SETTLED_AFTER = timedelta(minutes=1)
COUNTED_AGAIN = timedelta(minutes=15)
# The most that one transaction counts.
STRETCH = timedelta(days=1)
_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
EVERYTHING = Scope(channels=frozenset(Channel.values))

Key = tuple[datetime, int, str]


def bucket_of(moment: datetime) -> datetime:
    """The start of the five minutes it falls into."""
    return moment - (moment - _EPOCH) % BUCKET


def period_sums(period: Period, scope: Scope, only: Sequence[Measure] = MEASURES) -> dict[str, Any]:
    """The measures of a period: whole buckets from the roll-ups, the rest from the stays. Five queries at most."""
    whole = _counted_part(period)
    if whole is None:
        return measures.direct_sums([period], scope, only)
    edges = [Period(period.since, whole.since), Period(whole.until, period.until)]
    sums = measures.direct_sums([edge for edge in edges if edge.since < edge.until], scope, only)
    rows = Rollup.objects.filter(scope.condition(), starts_at__gte=whole.since, starts_at__lt=whole.until)
    found = rows.aggregate(**{f"of_{measure.name}": Sum(measure.name) for measure in only})
    return {each.name: sums[each.name] + (found[f"of_{each.name}"] or each.nothing) for each in only}


def sums_by_queue(period: Period, scope: Scope, only: Sequence[Measure] = MEASURES) -> dict[int, dict[str, Any]]:
    """The same for each queue in which anything happened. Five queries at most."""
    queue = {"of_queue": F("queue_id")}
    return {key[0]: sums for key, sums in sums_by(queue, lambda event: queue, period, scope, only).items()}


def sums_by(
    keys: Mapping[str, Any], of_stays: measures.Keys, period: Period, scope: Scope, only: Sequence[Measure] = MEASURES
) -> dict[tuple[Any, ...], dict[str, Any]]:
    """The same for each combination of keys that roll-ups know: queue, channel and time. Five queries at most."""
    whole = _counted_part(period)
    edges = [period] if whole is None else [Period(period.since, whole.since), Period(whole.until, period.until)]
    found = measures.direct_sums_by(of_stays, [edge for edge in edges if edge.since < edge.until], scope, only)
    if whole is not None:
        rows: Any = Rollup.objects.filter(scope.condition(), starts_at__gte=whole.since, starts_at__lt=whole.until)
        summed = {f"of_{each.name}": Sum(each.name) for each in only}
        for row in rows.order_by().values(**keys).annotate(**summed) if keys else [rows.aggregate(**summed)]:
            key = tuple(row[name] for name in keys)
            sums = found.setdefault(key, {each.name: each.nothing for each in only})
            for each in only:
                sums[each.name] += row[f"of_{each.name}"] or each.nothing
    return found


def _counted_part(period: Period) -> Period | None:
    """The whole buckets of the period that are counted for good."""
    counted = counted_until()
    if counted is None:
        return None
    since = bucket_of(period.since + BUCKET - timedelta(microseconds=1))
    until = bucket_of(min(period.until, counted - COUNTED_AGAIN))
    return Period(since, until) if since < until else None


# --- Writing ---


def fill(now: datetime) -> bool:
    """Count what has been over since the last time, a day at most; whether there is more to count."""
    mark = _locked_mark()
    end = bucket_of(now - SETTLED_AFTER)
    if mark.counted_until and mark.counted_until >= end:
        return False
    start = mark.counted_until - COUNTED_AGAIN if mark.counted_until else first_moment()
    if start is None:
        # Not marked as counted: what comes in first may be older than this moment, as where a past is imported.
        return False
    start = bucket_of(start)
    until = min(end, start + STRETCH)
    replace(Period(start, until))
    _reached(mark, max(until, mark.counted_until or until))
    return until < end


def _locked_mark() -> Counting:
    """Two workers never count at the same time."""
    Counting.objects.get_or_create()
    return Counting.objects.select_for_update().get()


def _reached(mark: Counting, until: datetime) -> None:
    mark.counted_until = until
    mark.save(update_fields=["counted_until"])


def first_moment() -> datetime | None:
    """When the first conversation entered a queue."""
    found: datetime | None = QueueSegment.objects.aggregate(first=Min("entered_at"))["first"]
    return found


def counted_until() -> datetime | None:
    found: datetime | None = Counting.objects.values_list("counted_until", flat=True).first()
    return found


def replace(period: Period) -> int:
    """Count the buckets of the period anew; both ends stand on a bucket. How many rows they come to."""
    with transaction.atomic():
        _locked_mark()
        rows = [
            Rollup(starts_at=starts_at, queue_id=queue_id, channel=channel, **sums)
            for (starts_at, queue_id, channel), sums in count(period).items()
        ]
        Rollup.objects.filter(starts_at__gte=period.since, starts_at__lt=period.until).delete()
        Rollup.objects.bulk_create(rows, batch_size=1_000)
    return len(rows)


def count(period: Period) -> dict[Key, dict[str, Any]]:
    """The measures of each bucket, queue and channel in which anything happened. Three queries."""
    found: dict[Key, dict[str, Any]] = defaultdict(lambda: dict(NOTHING))
    for event in Event:
        rows = measures.stays(event, [period], EVERYTHING).values(
            "queue_id", starts_at=_bucket(event), in_channel=F("conversation__channel")
        )
        for row in rows.annotate(**measures.aggregates(event)).order_by():
            found[row["starts_at"], row["queue_id"], row["in_channel"]] |= measures.read(row, event)
    return {key: sums for key, sums in found.items() if sums != NOTHING}


def _bucket(event: Event) -> Func:
    width = SqlValue(BUCKET)
    return Func(width, F(event), SqlValue(_EPOCH), function="date_bin", output_field=DateTimeField())


# --- Comparing, for rebuild_rollups ---


def stored(period: Period) -> dict[Key, dict[str, Any]]:
    names = [measure.name for measure in MEASURES]
    rows = Rollup.objects.filter(starts_at__gte=period.since, starts_at__lt=period.until)
    return {
        (row["starts_at"], row["queue_id"], row["channel"]): {name: row[name] for name in names}
        for row in rows.values("starts_at", "queue_id", "channel", *names)
    }


def differences(period: Period) -> int:
    """How many rows of the period would change if it were counted anew."""
    before, after = stored(period), count(period)
    return sum(_row(before, key) != _row(after, key) for key in before.keys() | after.keys())


def _row(rows: Mapping[Key, Mapping[str, Any]], key: Key) -> Mapping[str, Any] | None:
    return rows.get(key)


def stretches(period: Period) -> Iterator[Period]:
    """The period in whole buckets, a day at a time."""
    since, end = bucket_of(period.since), bucket_of(period.until)
    while since < end:
        until = min(end, since + STRETCH)
        yield Period(since, until)
        since = until
