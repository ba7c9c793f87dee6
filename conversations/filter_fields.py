"""The fields a list can be filtered by: what each value is called, and which rows it stands for."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Q
from django.db.models.functions import Now

from conversations import sentiment
from conversations.choices import Choices
from conversations.models import RecordItem
from conversations.states import Priority, Status
from routing.kinds import Channel, Kind, Mode

Names = Callable[[Choices], Mapping[str, str]]

# The one value of `status` that lifts the default.
ANY_STATUS = "any"
NOBODY = "none"


@dataclass(frozen=True, slots=True)
class Field:
    """One query name. `label_of` answers None for a value that makes no sense to this person."""

    name: str
    label: str
    label_of: Callable[[Choices, str], str | None]
    condition: Callable[[Sequence[str]], Q]


def _one_of(name: str, label: str, names: Names, condition: Callable[[Sequence[str]], Q]) -> Field:
    return Field(name, label, lambda choices, value: names(choices).get(value), condition)


def _column(column: str) -> Callable[[Sequence[str]], Q]:
    return lambda values: Q(**{f"{column}__in": list(values)})


def _ids(column: str) -> Callable[[Sequence[str]], Q]:
    return lambda values: Q(**{f"{column}__in": [int(value) for value in values]})


def _status(values: Sequence[str]) -> Q:
    return Q() if ANY_STATUS in values else Q(status__in=list(values))


def _representative(values: Sequence[str]) -> Q:
    people = [value for value in values if value != NOBODY]
    found = _ids("representative_id")(people) if people else Q(pk__in=[])
    return found | Q(representative__isnull=True) if NOBODY in values else found


def _sentiment(values: Sequence[str]) -> Q:
    found = Q(pk__in=[])
    for level in sentiment.LEVELS:
        if level.value in values:
            found |= Q(sentiment_score__gte=level.least, sentiment_score__lt=level.below)
    return found


# --- Durations: 10m, 2h, 7d ---

_DURATION = re.compile(r"(over-)?([1-9]\d{0,4})([mhd])\Z")
_UNITS = {"m": ("minutes", "min"), "h": ("hours", "h"), "d": ("days", "d")}


def _length(value: str) -> timedelta:
    parts = _DURATION.match(value)
    assert parts is not None, value  # noqa: S101  only values that have a label come here
    return timedelta(**{_UNITS[parts[3]][0]: int(parts[2])})


def _created_label(choices: Choices, value: str) -> str | None:
    if not (parts := _DURATION.match(value)):
        return None
    length = f"{parts[2]} {_UNITS[parts[3]][1]}"
    return f"more than {length} ago" if parts[1] else f"in the last {length}"


def _created(values: Sequence[str]) -> Q:
    found = Q(pk__in=[])
    for value in values:
        moment = Now() - _length(value)
        found |= Q(created_at__lt=moment) if value.startswith("over-") else Q(created_at__gte=moment)
    return found


def _wait_label(choices: Choices, value: str) -> str | None:
    parts = _DURATION.match(value)
    return f"{parts[2]} {_UNITS[parts[3]][1]}" if parts and not parts[1] else None


def _waiting_over(values: Sequence[str]) -> Q:
    """Still waiting: nobody accepted it, it isn't closed, and a record has no wait time."""
    longest = min(_length(value) for value in values)
    still = Q(accepted_at__isnull=True) & ~Q(status=Status.CLOSED) & ~Q(kind=Kind.RECORD)
    return still & Q(queued_at__lt=Now() - longest)


STATUSES: dict[str, str] = dict(Status.choices)
_CHANNELS: dict[str, str] = dict(Channel.choices)
_MODES: dict[str, str] = {Mode.LIVE_CHAT.value: Mode.LIVE_CHAT.label, Mode.PERSISTENT.value: Mode.PERSISTENT.label}
PRIORITIES: dict[str, str] = {priority.name.lower(): str(priority.label) for priority in reversed(Priority)}
RECORD_TYPES: dict[str, str] = dict(RecordItem.Type.choices)
_LEVELS: dict[str, str] = {level.value: level.label for level in sentiment.LEVELS}
_VIEWS = {"all": "All ongoing"}


def _priority(values: Sequence[str]) -> Q:
    return Q(priority__in=[Priority[value.upper()] for value in values])


FIELDS: tuple[Field, ...] = (
    _one_of("status", "Status", lambda c: {**STATUSES, ANY_STATUS: "Any"}, _status),
    _one_of("channel", "Channel", lambda c: _CHANNELS, _column("channel")),
    _one_of("mode", "Mode", lambda c: _MODES, _column("mode")),
    _one_of("record_type", "Record type", lambda c: RECORD_TYPES, _column("record__record_type")),
    _one_of("queue", "Queue", lambda c: c.queues, _ids("queue_id")),
    _one_of("representative", "Representative", lambda c: c.representatives, _representative),
    _one_of("sentiment", "Sentiment", lambda c: _LEVELS, _sentiment),
    _one_of("intent", "Intent", lambda c: c.intents, _ids("intent_id")),
    _one_of("work_stream", "Work stream", lambda c: c.work_streams, _ids("work_stream_id")),
    _one_of("priority", "Priority", lambda c: PRIORITIES, _priority),
    Field("created", "Created", _created_label, _created),
    Field("wait_over", "Waiting longer than", _wait_label, _waiting_over),
    _one_of("view", "View", lambda c: _VIEWS, lambda values: Q()),
)
