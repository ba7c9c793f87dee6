"""What is added up over a period: measures of stays in queues, each counted at the moment at which it happened.

A stay gives three events: it began, somebody accepted, it ended. A conversation's own events happen in one of its
stays: it came in with the first that people serve, was answered in the one somebody accepted first, and was abandoned
or closed in its last. So every event has one moment, one queue and one channel, and never changes once it happened.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any

from django.db.models import (
    Aggregate,
    BooleanField,
    Case,
    Count,
    DurationField,
    Exists,
    ExpressionWrapper,
    F,
    OuterRef,
    Q,
    Subquery,
    Sum,
    When,
)
from django.db.models import Value as SqlValue
from django.db.models.functions import Coalesce
from django.db.models.query import QuerySet

from analytics.scope import Period, Scope
from contact_center.tenancy.scope import current_organization_id
from conversations.handle_time import handled_before
from conversations.models import QueueSegment, Session
from conversations.states import SessionClosure, Status
from routing.models import Representative

SERVICE_LEVELS = (10, 20, 30, 40, 60, 120)
NO_TIME = timedelta(0)


class Event(StrEnum):
    """The column that holds the moment."""

    BEGAN = "entered_at"
    ACCEPTED = "accepted_at"
    ENDED = "left_at"


@dataclass(frozen=True, slots=True)
class Measure:
    """`aggregate` is over the annotated stays below."""

    name: str
    event: Event
    aggregate: Aggregate
    sentence: str
    # What it looks at of `_NEEDED`.
    needs: frozenset[str]
    # Of a measure of time: what is summed up.
    of: str = ""

    @property
    def nothing(self) -> int | timedelta:
        return NO_TIME if self.of else 0

    @property
    def condition(self) -> Q:
        """Of the stays with its event, those that it counts."""
        return self.aggregate.filter or Q()


def _counted(name: str, event: Event, condition: Q, sentence: str) -> Measure:
    return Measure(name, event, Count("pk", filter=condition), sentence, _names(condition))


def _summed(name: str, event: Event, of: str, condition: Q, sentence: str) -> Measure:
    return Measure(name, event, Sum(of, filter=condition), sentence, _names(condition) | {of}, of)


def _names(condition: Q) -> frozenset[str]:
    """What a condition looks at, by the first part of each look-up."""
    found: frozenset[str] = frozenset()
    for child in condition.children:
        found |= _names(child) if isinstance(child, Q) else {str(child[0]).partition("__")[0]}  # type: ignore[index]
    return found


_DIRECT, _ESCALATED = Q(entry=QueueSegment.Entry.DIRECT), Q(entry=QueueSegment.Entry.ESCALATED)
_WITH_PEOPLE = Q(held_by_ai_agent=False)
# What a row says by itself stands first: the look-ups behind it are made for what is left.
_ANSWERS = Q(accepted_at=F("conversation__first_accepted_at")) & _WITH_PEOPLE
# The last stay ends with the conversation, at the same moment.
_CLOSES = Q(conversation__status=Status.CLOSED, left_at=F("conversation__closed_at"))
_HANDLED = _CLOSES & Q(conversation__first_accepted_at__isnull=False)
_ABANDONED = Q(is_abandoned=True)
_SECOND = SqlValue(timedelta(seconds=1), output_field=DurationField())


def _seconds(column: str) -> ExpressionWrapper:
    return ExpressionWrapper(F(column) * _SECOND, output_field=DurationField())


MEASURES: tuple[Measure, ...] = (
    _counted("conversations", Event.BEGAN, _DIRECT, "Conversations that began."),
    _counted(
        "incoming",
        Event.BEGAN,
        _DIRECT & _WITH_PEOPLE | _ESCALATED,
        "Conversations that reached a queue of people, by themselves or from an AI agent.",
    ),
    _counted("stays", Event.BEGAN, _WITH_PEOPLE, "Stays in a queue of people that began."),
    _counted("transfers_in", Event.BEGAN, Q(source_queue__isnull=False), "Stays that came from another queue."),
    _counted("overflow_in", Event.BEGAN, Q(entry=QueueSegment.Entry.OVERFLOW), "Stays that an overflow rule began."),
    _counted("answered", Event.ACCEPTED, _ANSWERS, "Conversations that a person accepted for the first time."),
    _summed("answer_wait", Event.ACCEPTED, "first_wait", _ANSWERS, "Their first waits together."),
    *(
        _counted(
            f"answered_within_{seconds}",
            Event.ACCEPTED,
            _ANSWERS & Q(first_wait__lte=timedelta(seconds=seconds)),
            f"Those of them with a first wait of {seconds} seconds at most.",
        )
        for seconds in SERVICE_LEVELS
    ),
    _counted("stays_answered", Event.ACCEPTED, _WITH_PEOPLE, "Stays in which a person accepted."),
    _summed("stay_wait", Event.ACCEPTED, "stay", _WITH_PEOPLE, "The waits of those stays together."),
    _counted(
        "stays_in_service_level",
        Event.ACCEPTED,
        _WITH_PEOPLE & Q(stay__lte=_seconds("queue__service_level_seconds")),
        "Those of them that were answered within their queue’s own service level.",
    ),
    _counted("abandoned", Event.ENDED, _ABANDONED, "Conversations that closed before anybody accepted."),
    _summed("abandon_wait", Event.ENDED, "first_wait", _ABANDONED, "How long those had waited, together."),
    _counted(
        "disconnected",
        Event.ENDED,
        _ABANDONED & Q(exit=SessionClosure.CUSTOMER_DISCONNECTED),
        "Those of them that the customer left.",
    ),
    _counted(
        "short_abandoned",
        Event.ENDED,
        _ABANDONED & Q(first_wait__lt=_seconds("queue__short_abandon_seconds")),
        "Those of them that ended before their queue’s short-abandon threshold.",
    ),
    _counted("transfers_out", Event.ENDED, Q(target_queue__isnull=False), "Stays that led to another queue."),
    _counted(
        "overflow_out",
        Event.ENDED,
        Q(exit=SessionClosure.OVERFLOW_TRANSFER),
        "Stays that an overflow rule ended by moving the conversation.",
    ),
    _counted("closed", Event.ENDED, _CLOSES, "Conversations that closed."),
    _summed("conversation_time", Event.ENDED, "since_creation", _CLOSES, "From creation to end, together."),
    _counted("handled", Event.ENDED, _HANDLED, "Those of them that a person had accepted."),
    _summed("handle_time", Event.ENDED, "handling", _HANDLED, "How long people held those, together."),
    _counted(
        "transferred",
        Event.ENDED,
        _HANDLED & Q(conversation__transfer_count__gt=0),
        "Those of them that were transferred at least once.",
    ),
)
BY_NAME: Mapping[str, Measure] = {measure.name: measure for measure in MEASURES}
NOTHING: Mapping[str, int | timedelta] = {measure.name: measure.nothing for measure in MEASURES}


def stays(
    event: Event, periods: Iterable[Period], scope: Scope, only: Sequence[Measure] = MEASURES
) -> QuerySet[QueueSegment]:
    """The stays with this event in one of the periods, with what the measures of the event look at."""
    needs = {name for measure in only if measure.event is event for name in measure.needs}
    within = Q(pk__in=[])
    for period in periods:
        within |= Q(**{f"{event}__gte": period.since, f"{event}__lt": period.until})
    # Said of both, so that the database knows of both how many there are: row security says it of neither in time.
    same = Q(conversation__organization_id=current_organization_id())
    rows = QueueSegment.objects.filter(within, same, scope.condition(channel="conversation__channel"))
    return rows.annotate(**{name: make(event) for name, make in _NEEDED.items() if name in needs})


def _since(start: Any) -> Callable[[Event], ExpressionWrapper]:
    return lambda event: ExpressionWrapper(F(event) - start, output_field=DurationField())


def _held_by_ai_agent(event: Event) -> ExpressionWrapper:
    """The first stay of a conversation that an AI agent took; people come in by another one."""
    held = Session.objects.filter(
        conversation=OuterRef("conversation"), representative__type=Representative.Type.AI_AGENT
    )
    return ExpressionWrapper(_DIRECT & Q(Exists(held)), output_field=BooleanField())


def _first_wait(event: Event) -> ExpressionWrapper:
    """Since the conversation came to people: since an AI agent handed it over, else since it was created.

    Whoever waited in the stay they came in by was handed over by nobody, so that most stays need no look-up.
    """
    handed_over = QueueSegment.objects.filter(_ESCALATED, conversation=OuterRef("conversation")).values("entered_at")
    created = F("conversation__created_at")
    return _since(Case(When(_DIRECT, then=created), default=Coalesce(Subquery(handed_over[:1]), created)))(event)


_NEEDED: dict[str, Callable[[Event], Any]] = {
    "held_by_ai_agent": _held_by_ai_agent,
    "first_wait": _first_wait,
    "stay": _since(F("entered_at")),
    "since_creation": _since(F("conversation__created_at")),
    "handling": lambda event: handled_before("conversation_id"),
}


def counted(measure: Measure, periods: Iterable[Period], scope: Scope, *beside: Measure) -> QuerySet[QueueSegment]:
    """The very stays that a measure counts, with what those beside it look at as well."""
    return stays(measure.event, periods, scope, [measure, *beside]).filter(measure.condition)


def accepted_by() -> Subquery:
    """Who accepted the conversation in this stay. Over stays with an acceptance."""
    accepted = Session.objects.filter(conversation=OuterRef("conversation"), accepted_at=OuterRef("accepted_at"))
    return Subquery(accepted.order_by("pk").values("representative_id")[:1])


def aggregates(event: Event, only: Sequence[Measure] = MEASURES) -> dict[str, Aggregate]:
    return {f"of_{measure.name}": measure.aggregate for measure in only if measure.event is event}


def read(found: Mapping[str, Any], event: Event, only: Sequence[Measure] = MEASURES) -> dict[str, Any]:
    """What an aggregation answered, by measure; a sum over nothing is nothing."""
    return {measure.name: found[f"of_{measure.name}"] or measure.nothing for measure in only if measure.event is event}


def direct_sums(periods: Iterable[Period], scope: Scope, only: Sequence[Measure] = MEASURES) -> dict[str, Any]:
    """The measures, counted from the stays themselves. A query for each kind of event, whatever the periods."""
    chosen, sums = list(periods), {measure.name: measure.nothing for measure in only}
    for event in sorted({measure.event for measure in only}) if chosen else ():
        sums |= read(stays(event, chosen, scope, only).aggregate(**aggregates(event, only)), event, only)
    return sums


# The keys by which sums are told apart: a name and what stands behind it, over the stays with an event.
Keys = Callable[[Event], Mapping[str, Any]]
Narrowed = Callable[[QuerySet[QueueSegment], Event], QuerySet[QueueSegment]]


def direct_sums_by(
    keys: Keys,
    periods: Iterable[Period],
    scope: Scope,
    only: Sequence[Measure] = MEASURES,
    narrowed: Narrowed = lambda rows, event: rows,
) -> dict[tuple[Any, ...], dict[str, Any]]:
    """The same for each combination of keys in which anything happened, of those stays that `narrowed` leaves."""
    chosen, found = list(periods), dict[tuple[Any, ...], dict[str, Any]]()
    for event in sorted({measure.event for measure in only}) if chosen else ():
        by = keys(event)
        rows: Any = narrowed(stays(event, chosen, scope, only), event).order_by()
        counts = aggregates(event, only)
        for row in rows.values(**by).annotate(**counts) if by else [rows.aggregate(**counts)]:
            nothing = {measure.name: measure.nothing for measure in only}
            found.setdefault(tuple(row[name] for name in by), nothing).update(read(row, event, only))
    return found
