"""The fields a list can be filtered by: what each value is called, and which rows it stands for."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Now

from conversations import periods, sentiment, stuck
from conversations.choices import Choices
from conversations.due import AT_RISK, BREACHED, ON_TIME
from conversations.models import ConversationTag, RecordItem
from conversations.rules import IN_QUEUE, in_phase
from conversations.states import Phase, Priority, Status
from routing.kinds import Channel, Kind, Mode, kind_of

Names = Callable[[Choices], Mapping[str, str]]
Condition = Callable[[Choices, Sequence[str]], Q]

# The one value of `status` that lifts the default.
ANY_STATUS = "any"
NOBODY = "none"


class Control(StrEnum):
    """How a value is chosen on the page."""

    CHOICES = "choices"
    PERIOD = "period"
    LENGTH = "length"


@dataclass(frozen=True, slots=True)
class Field:
    """One query name. `label_of` answers None for a value that makes no sense to this person; `offered` are the
    values a control lists, or the usual ones of a period or length.
    """

    name: str
    label: str
    label_of: Callable[[Choices, str], str | None]
    condition: Condition
    offered: Names
    control: Control = Control.CHOICES


def _one_of(
    name: str, label: str, names: Names, condition: Callable[[Sequence[str]], Q], *, offered: Names | None = None
) -> Field:
    """A field with a list of values; `offered` leaves out those that are understood but not suggested."""
    return Field(
        name,
        label,
        lambda choices, value: names(choices).get(value),
        lambda choices, values: condition(values),
        offered or names,
    )


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


# --- Periods and lengths of time: 10m, 2h, 7d, today, 2026-11-01..2026-11-20 ---

PERIODS = ("1h", "2h", "24h", "today", "yesterday", "7d", "over-24h")
LENGTHS = ("1m", "5m", "10m", "30m", "1h", "4h")


def _period(name: str, label: str, column: str) -> Field:
    def condition(choices: Choices, values: Sequence[str]) -> Q:
        found = Q(pk__in=[])
        for value in values:
            found |= periods.within(column, value, choices.actor.time_zone)
        return found

    return Field(
        name,
        label,
        lambda choices, value: periods.period_label(value),
        condition,
        lambda choices: {value: periods.period_label(value) or "" for value in PERIODS},
        Control.PERIOD,
    )


def _length(name: str, label: str, condition: Callable[[timedelta], Q]) -> Field:
    """Of several lengths the shortest counts: between values of one field it is OR."""

    def shortest(choices: Choices, values: Sequence[str]) -> Q:
        return condition(min(found for value in values if (found := periods.length(value))))

    return Field(
        name,
        label,
        lambda choices, value: periods.length_label(value),
        shortest,
        lambda choices: {value: periods.length_label(value) or "" for value in LENGTHS},
        Control.LENGTH,
    )


def _waiting_over(longest: timedelta) -> Q:
    """Still waiting: nobody accepted it, it isn't closed, and a record has no wait time."""
    still = Q(accepted_at__isnull=True) & ~Q(status=Status.CLOSED) & ~Q(kind=Kind.RECORD)
    return still & Q(queued_at__lt=Now() - longest)


def _unanswered_over(longest: timedelta) -> Q:
    return ~Q(status=Status.CLOSED) & Q(unanswered_since__lt=Now() - longest)


STATUSES: dict[str, str] = dict(Status.choices)
CHANNELS: dict[str, str] = dict(Channel.choices)
_MODES: dict[str, str] = {Mode.LIVE_CHAT.value: Mode.LIVE_CHAT.label, Mode.PERSISTENT.value: Mode.PERSISTENT.label}
PRIORITIES: dict[str, str] = {priority.name.lower(): str(priority.label) for priority in reversed(Priority)}
RECORD_TYPES: dict[str, str] = dict(RecordItem.Type.choices)
_LEVELS: dict[str, str] = {level.value: level.label for level in sentiment.LEVELS}
KINDS: dict[str, str] = {Kind.MESSAGING: "Messaging", Kind.VOICE: "Voice", Kind.RECORD: "Records"}
# Only closed ones have them, so that asking for one asks for closed ones.
OF_CLOSED = frozenset({"force_close_reason", "disposition"})
_HANDS = {"raised": "Raised"}
_DUE = {"breached": ("Breached", BREACHED), "at_risk": ("At risk", AT_RISK), "on_time": ("On time", ON_TIME)}


def _kind(values: Sequence[str]) -> Q:
    """By channel, which the indexes of ongoing conversations know."""
    return Q(channel__in=[channel for channel in Channel if kind_of(channel) in values])


# What the column says beside the status.
_DETAILS = {
    "in_queue": ("Not accepted yet", IN_QUEUE),
    "awaiting": ("Awaiting acceptance", in_phase(Phase.AWAITING)),
    "in_conversation": ("In conversation", in_phase(Phase.ACTIVE)),
    "transfer": ("Transfer pending", ~Q(status=Status.CLOSED) & Q(transfer_pending=True)),
}


def _detail(values: Sequence[str]) -> Q:
    found = Q(pk__in=[])
    for value in values:
        found |= _DETAILS[value][1]
    return found


def _queues_offered(choices: Choices) -> Mapping[str, str]:
    return choices.offered_queues


def _representatives_offered(choices: Choices) -> Mapping[str, str]:
    return choices.offered_representatives


def _priority(values: Sequence[str]) -> Q:
    return Q(priority__in=[Priority[value.upper()] for value in values])


# A search that looks into messages too; it has no condition of its own.
MESSAGES = "messages"


def _also_in_messages(choices: Choices, value: str) -> str | None:
    return "also in messages" if value == "1" and not choices.no_messages else None


# How far back the report looks; the last lifts it.
WINDOWS = {"24h": "in the last 24 h", "2h": "in the last 2 h", "today": "today", "open": "at any time"}


def _window(choices: Choices, values: Sequence[str]) -> Q:
    """Today is the organization's, so that everybody reads the same report."""
    found = Q(pk__in=[])
    for value in values:
        if value == "open":
            return Q()
        found |= periods.within("created_at", value, choices.organization_time_zone)
    return found


def _windows(choices: Choices) -> Mapping[str, str]:
    return WINDOWS


def _due(values: Sequence[str]) -> Q:
    found = Q(pk__in=[])
    for value in values:
        found |= _DUE[value][1]
    return found


def _stuck(choices: Choices, values: Sequence[str]) -> Q:
    return stuck.condition(values, choices.stuck_limits)


def _tagged(values: Sequence[str]) -> Q:
    tags = [int(value) for value in values]
    return Q(Exists(ConversationTag.objects.filter(conversation_id=OuterRef("pk"), tag_id__in=tags)))


FIELDS: tuple[Field, ...] = (
    _one_of("status", "Status", lambda c: {**STATUSES, ANY_STATUS: "Any"}, _status, offered=lambda c: STATUSES),
    _one_of("detail", "Status detail", lambda c: {value: label for value, (label, _) in _DETAILS.items()}, _detail),
    _one_of("kind", "Kind", lambda c: KINDS, _kind),
    _one_of("channel", "Channel", lambda c: CHANNELS, _column("channel")),
    _one_of("mode", "Mode", lambda c: _MODES, _column("mode")),
    _one_of("record_type", "Record type", lambda c: RECORD_TYPES, _column("record__record_type")),
    _one_of("queue", "Queue", lambda c: c.queues, _ids("queue_id"), offered=_queues_offered),
    _one_of(
        "representative",
        "Representative",
        lambda c: c.representatives,
        _representative,
        offered=_representatives_offered,
    ),
    _one_of("sentiment", "Sentiment", lambda c: _LEVELS, _sentiment),
    _one_of("intent", "Intent", lambda c: c.intents, _ids("intent_id")),
    _one_of("work_stream", "Work stream", lambda c: c.work_streams, _ids("work_stream_id")),
    _one_of("priority", "Priority", lambda c: PRIORITIES, _priority),
    _one_of("force_close_reason", "Force-close reason", lambda c: c.force_close_reasons, _ids("force_close_reason_id")),
    _one_of("disposition", "Disposition", lambda c: c.dispositions, _ids("disposition_id")),
    _one_of("due", "Due in", lambda c: {value: label for value, (label, _) in _DUE.items()}, _due),
    Field("stuck", "Stuck", lambda c, value: stuck.LABELS.get(value), _stuck, lambda c: stuck.LABELS),
    _one_of("tag", "Tag", lambda c: c.tags, _tagged),
    _one_of("hand", "Hand", lambda c: _HANDS, lambda values: Q(hand_raised_at__isnull=False)),
    _period("created", "Created", "created_at"),
    _period("closed", "Closed", "closed_at"),
    Field("window", "Created", lambda c, value: WINDOWS.get(value), _window, _windows),
    _length("wait_over", "Waiting longer than", _waiting_over),
    _length("no_reply", "No reply for", _unanswered_over),
    Field(MESSAGES, "Search", _also_in_messages, lambda c, values: Q(), lambda c: {}),
)
