"""The dimensions a report may split figures by: what each is read from for each kind of metric, and its words."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db.models import Case, CharField, F, When
from django.db.models import Value as SqlValue

from analytics.customized import moments
from analytics.customized.moments import Step
from analytics.metrics import Metric
from analytics.metrics.definition import Now, Source
from analytics.metrics.measures import BY_NAME as MEASURE_BY_NAME
from analytics.metrics.measures import Event, accepted_by
from conversations.models import Disposition, ForceCloseReason
from conversations.presenters import CHANNEL_LABELS, MODE_LABELS, STATUS_LABELS
from conversations.sentiment import LEVELS
from conversations.states import Priority
from routing.models import Intent, Queue, Representative, WorkStream

EVERY_EVENT = frozenset(Event)
# Over the offers of analytics/metrics/offers.py, the queue in which the conversation was then.
QUEUE_THEN = "queue_then"


@dataclass(frozen=True)
class Dimension:
    """`path` is the conversation's column. `events` are those of stays that have a value of it.

    `labels` gives the words of the values found, in the order in which they stand when nothing else is asked for.
    """

    name: str
    label: str
    path: str
    labels: Callable[[Collection[Any]], Mapping[Any, str]]
    none: str = "None"
    live: bool = True
    events: frozenset[Event] = EVERY_EVENT
    offers: bool = True
    # Over representatives; empty where they have none.
    of_people: str = ""
    time: Step | None = None
    # Why a metric without it has none.
    of_closed: bool = False

    def words(self, keys: Collection[Any], zone: str) -> Mapping[Any, str]:
        """Of these values, in the dimension's own order; moments by the clocks of this time zone."""
        if self.time is None:
            return self.labels(keys)
        return {key: moments.said(self.time, key, zone) for key in sorted(key for key in keys if key)}

    def written(self, key: Any) -> str:
        """As an address carries a value."""
        if key is None:
            return "none"
        return key.astimezone(UTC).isoformat(timespec="minutes") if isinstance(key, datetime) else str(key)

    def read(self, typed: str) -> Any:
        """The value again; raises ValueError for what is none."""
        if typed == "none":
            return None
        if self.time:
            moment = datetime.fromisoformat(typed)
            if moment.tzinfo is None:
                raise ValueError(typed)
            return moment
        if self.path.endswith("_id") or self.path == "priority":
            number = int(typed)
            if not 0 <= number < 2**63:
                raise ValueError(typed)
            return number
        if typed not in self.labels(()):
            raise ValueError(typed)
        return typed


# --- Words ---


def _rows(model: Any, name: str = "name") -> Callable[[Collection[Any]], Mapping[Any, str]]:
    """Of rows by id, inactive ones marked. One query."""

    def labels(keys: Collection[Any]) -> Mapping[Any, str]:
        columns = [name, *(["is_active"] if any(each.name == "is_active" for each in model._meta.fields) else [])]
        found = model.objects.filter(pk__in=[key for key in keys if key is not None]).values_list("pk", *columns)
        words = {pk: f"{text} (inactive)" if active == [False] else text for pk, text, *active in found}
        return dict(sorted(words.items(), key=lambda each: (each[1].casefold(), each[0])))

    return labels


def _fixed(words: Mapping[Any, str]) -> Callable[[Collection[Any]], Mapping[Any, str]]:
    return lambda keys: words


DIMENSIONS: Mapping[str, Dimension] = {
    each.name: each
    for each in (
        Dimension("queue", "Queue", "queue_id", _rows(Queue), none="No queue", of_people="queue_memberships__queue_id"),
        Dimension("channel", "Channel", "channel", _fixed(CHANNEL_LABELS)),
        Dimension("work_stream", "Work stream", "work_stream_id", _rows(WorkStream)),
        Dimension(
            "representative",
            "Representative",
            "representative_id",
            _rows(Representative),
            none="Nobody assigned",
            events=frozenset({Event.ACCEPTED}),
            of_people="pk",
        ),
        Dimension("status", "Status", "status", _fixed(STATUS_LABELS), events=frozenset(), offers=False),
        Dimension(
            "priority", "Priority", "priority", _fixed({each.value: str(each.label) for each in reversed(Priority)})
        ),
        Dimension("intent", "Intent", "intent_id", _rows(Intent), none="No intent"),
        Dimension("mode", "Mode", "mode", _fixed({key: label for key, label in MODE_LABELS.items() if label})),
        Dimension(
            "sentiment",
            "Sentiment",
            "sentiment_score",
            _fixed({level.value: level.label for level in LEVELS}),
            none="No sentiment",
            events=frozenset({Event.ENDED}),
            offers=False,
        ),
        Dimension(
            "disposition",
            "Disposition",
            "disposition_id",
            _rows(Disposition, "label"),
            none="No disposition",
            live=False,
            events=frozenset({Event.ENDED}),
            offers=False,
            of_closed=True,
        ),
        Dimension(
            "force_close_reason",
            "Force-close reason",
            "force_close_reason_id",
            _rows(ForceCloseReason, "label"),
            none="Not force closed",
            live=False,
            events=frozenset({Event.ENDED}),
            offers=False,
            of_closed=True,
        ),
        Dimension("hour", "Hour", "", _fixed({}), live=False, time=Step.HOUR),
        Dimension("day", "Day", "", _fixed({}), live=False, time=Step.DAY),
    )
}


# --- What makes sense ---


def events_of(metric: Metric) -> frozenset[Event]:
    """The events of stays that the metric is made of."""
    if isinstance(metric.expression, Now) or metric.source is not Source.STAYS:
        return frozenset()
    return frozenset(MEASURE_BY_NAME[name].event for name in metric.expression.measures)


def why_not(dimension: Dimension, metric: Metric) -> str:
    """Why the metric has no values by this dimension, as the end of a sentence; "" where it has."""
    if metric.source is Source.REPRESENTATIVES:
        return "" if dimension.of_people else "it counts people, and people have none"
    if metric.source is Source.CONVERSATIONS:
        if dimension.live:
            return ""
        return "it says how things are now" if dimension.time else "only closed conversations have one"
    possible = dimension.offers if metric.source is Source.OFFERS else events_of(metric) <= dimension.events
    if possible:
        return ""
    if dimension.name == "representative":
        return "it also counts conversations that nobody had accepted"
    if dimension.name == "status":
        return "it counts what happened in the period, and a status is of now"
    return "it also counts conversations that aren’t closed, and those have none yet"


# --- Expressions ---


def of_conversation(dimension: Dimension, before: str = "") -> Any:
    """Over conversations, or over rows that lead to one by `before`, such as `conversation__`."""
    if dimension.name != "sentiment":
        return F(f"{before}{dimension.path}")
    column = f"{before}{dimension.path}"
    levels = [
        When(**{f"{column}__gte": each.least, f"{column}__lt": each.below}, then=SqlValue(each.value))
        for each in LEVELS
    ]
    return Case(*levels, default=None, output_field=CharField(null=True))


def of_stay(dimension: Dimension, event: Event, zone: str) -> Any:
    """Over stays: its queue, the moment of the event, and who accepted it then; else what the conversation has."""
    if dimension.time:
        return moments.beginning(dimension.time, event.value, zone)
    if dimension.name == "queue":
        return F("queue_id")
    if dimension.name == "representative":
        return accepted_by()
    return of_conversation(dimension, "conversation__")


def of_rollup(dimension: Dimension, zone: str) -> Any:
    return moments.beginning(dimension.time, "starts_at", zone) if dimension.time else F(dimension.path)


def of_offer(dimension: Dimension, zone: str) -> Any:
    if dimension.time:
        return moments.beginning(dimension.time, "offered_at", zone)
    if dimension.name == "queue":
        return F(QUEUE_THEN)
    if dimension.name == "representative":
        return F("representative_id")
    return of_conversation(dimension, "conversation__")
