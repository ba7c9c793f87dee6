"""The rows and columns of figures that a report is made of, each kind of metric counted in one set of statements."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet

from analytics import rollups, spans
from analytics.customized.dimensions import (
    Dimension,
    of_conversation,
    of_offer,
    of_rollup,
    of_stay,
)
from analytics.customized.layout import Layout, narrowing
from analytics.metrics import Metric, Unit, Value, measures_of, period_value
from analytics.metrics import measures as of_measures
from analytics.metrics.definition import Source, plain
from analytics.metrics.live import aggregates, people
from analytics.metrics.measures import Event, Measure, accepted_by
from analytics.metrics.offers import OUTCOMES, offers
from analytics.scope import MEASURED_CHANNELS, Period, Scope
from conversations.filters import BY_NAME, ConversationFilter
from conversations.models import Conversation, Offer, QueueSegment
from conversations.models.conversation import ONGOING_ROW
from routing.models import Representative

# What the roll-ups can tell apart; a report with no more than these is counted from them.
IN_ROLLUPS = frozenset({"queue", "channel", "hour", "day"})
# More rows nobody reads; a finer report is asked to be coarser.
MOST_ROWS = 5_000

Key = tuple[Any, ...]
Found = dict[Key, dict[str, Value]]


class TooFine(Exception):
    """The dimensions lead to more than MOST_ROWS rows."""


@dataclass(frozen=True)
class Counts:
    """The values of each combination of the dimensions' values, and of all together."""

    rows: Mapping[Key, Mapping[str, Value]]
    total: Mapping[str, Value]


@dataclass(frozen=True)
class Question:
    """A report as it is counted: whose numbers, of which conversations, by what, when."""

    shown: ConversationFilter
    layout: Layout
    now: datetime

    @property
    def period(self) -> Period:
        return spans.period_of(self.layout.span, self.now)

    @property
    def zone(self) -> str:
        return self.shown.choices.organization_time_zone

    @property
    def scope(self) -> Scope:
        """The viewer's queues, and those and the channels that the report is about."""
        if self._matches_nothing:
            return Scope(frozenset())
        chosen = self.shown.values
        channels = MEASURED_CHANNELS & set(chosen["channel"]) if "channel" in chosen else frozenset()
        if "channel" in chosen and not channels:
            return Scope(frozenset())
        queues = [int(pk) for pk in chosen.get("queue", ())]
        return Scope.of(self.shown.choices.actor, queue_ids=queues, channels=channels)

    @property
    def _matches_nothing(self) -> bool:
        """A filter of which nothing makes sense to this person lets nothing through."""
        wrong = {each.name for each in self.shown.senseless}
        return any(name in BY_NAME and name not in self.shown.values for name in wrong)

    @property
    def more_fields(self) -> dict[str, tuple[str, ...]]:
        """What narrows it beside the scope."""
        return {name: values for name, values in narrowing(self.shown).items() if name not in ("queue", "channel")}

    def of(self, source: Source) -> tuple[Metric, ...]:
        return tuple(metric for metric in self.layout.metrics if metric.source is source)


def count(question: Question) -> Counts:
    """At most 13 queries, whatever there is to count. Raises TooFine."""
    rows: dict[Key, dict[str, Value]] = {}
    total: dict[str, Value] = {}
    for source, counted in COUNTED.items():
        metrics = question.of(source)
        if not metrics:
            continue
        found, of_all = counted(question, metrics)
        for key, values in found.items():
            rows.setdefault(key, {}).update(values)
        total |= of_all
    if len(rows) > MOST_ROWS:
        raise TooFine
    nothing = nothing_of(question.layout.metrics)
    return Counts({key: {**nothing, **values} for key, values in rows.items()}, {**nothing, **total})


def nothing_of(metrics: Iterable[Metric]) -> dict[str, Value]:
    """No conversation is 0; a mean, a share or a longest of nothing is no figure."""
    return {metric.name: 0.0 if metric.unit is Unit.COUNT else None for metric in metrics}


def keys_of(dimensions: Sequence[Dimension], expression: Callable[[Dimension], Any]) -> dict[str, Any]:
    """By name, so that no column of the rows is meant."""
    return {f"by_{position}": expression(each) for position, each in enumerate(dimensions)}


# --- Ongoing conversations ---


def ongoing_rows(question: Question) -> QuerySet[Conversation]:
    return question.shown.of_figure("").rows().filter(ONGOING_ROW)


def _ongoing(question: Question, metrics: tuple[Metric, ...]) -> tuple[Found, dict[str, Value]]:
    rows, expressions = ongoing_rows(question), aggregates(metrics, question.now)
    keys = keys_of(question.layout.dimensions, of_conversation)
    total = _values(rows.aggregate(**expressions), metrics)
    if not keys:
        return {(): total}, total
    return _grouped(rows, keys, expressions, metrics), total


# --- Representatives ---


def people_rows(question: Question) -> QuerySet[Representative]:
    chosen = question.shown.values.get("representative", ())
    rows = people(question.scope)
    return rows.filter(pk__in=[int(pk) for pk in chosen if pk.isdecimal()]) if chosen else rows


def _people(question: Question, metrics: tuple[Metric, ...]) -> tuple[Found, dict[str, Value]]:
    """Somebody who serves two queues counts in both, and once in all."""
    rows, expressions = people_rows(question), aggregates(metrics, question.now)
    keys = keys_of(question.layout.dimensions, lambda each: F(each.of_people))
    total = _values(rows.aggregate(**expressions), metrics)
    if not keys:
        return {(): total}, total
    by_queue = [each for each in question.layout.dimensions if each.name == "queue"]
    rows = rows.filter(question.scope.of_queue(by_queue[0].of_people)) if by_queue else rows
    return _grouped(rows, keys, expressions, metrics), total


# --- Stays ---


def narrowed_stays(question: Question) -> Callable[[QuerySet[QueueSegment], Event], QuerySet[QueueSegment]]:
    """Those whose conversation, or whose representative then, the filter lets through."""
    fields = question.more_fields

    def narrowed(rows: QuerySet[QueueSegment], event: Event) -> QuerySet[QueueSegment]:
        others = {name: values for name, values in fields.items() if name != "representative"}
        if others:
            rows = rows.filter(_of_conversations(question, others))
        if chosen := fields.get("representative"):
            ids = [int(pk) for pk in chosen if pk.isdecimal()]
            rows = rows.alias(held_by=accepted_by()).filter(held_by__in=ids)
        return rows

    return narrowed


def _of_conversations(question: Question, fields: Mapping[str, tuple[str, ...]]) -> Exists:
    condition = Q()
    for name, values in fields.items():
        condition &= BY_NAME[name].condition(question.shown.choices, values)
    return Exists(Conversation.objects.filter(condition, pk=OuterRef("conversation_id")))


def stay_keys(question: Question) -> of_measures.Keys:
    return lambda event: keys_of(question.layout.dimensions, lambda each: of_stay(each, event, question.zone))


def _stays(question: Question, metrics: tuple[Metric, ...]) -> tuple[Found, dict[str, Value]]:
    only, keys = measures_of(metrics), stay_keys(question)
    if uses_rollups(question):
        of_rollups = keys_of(question.layout.dimensions, lambda each: of_rollup(each, question.zone))
        sums = rollups.sums_by(of_rollups, keys, question.period, question.scope, only)
    else:
        narrowed = narrowed_stays(question)
        sums = of_measures.direct_sums_by(keys, [question.period], question.scope, only, narrowed)
    if len(sums) > MOST_ROWS:
        raise TooFine
    together = _together(sums.values(), only)
    found = {key: {metric.name: period_value(metric, row) for metric in metrics} for key, row in sums.items()}
    return found, {metric.name: period_value(metric, together) for metric in metrics}


def uses_rollups(question: Question) -> bool:
    by = {each.name for each in question.layout.dimensions}
    return by <= IN_ROLLUPS and not question.more_fields


def _together(rows: Iterable[Mapping[str, Any]], only: Sequence[Measure]) -> dict[str, Any]:
    """Every event stands in exactly one row, so that the rows add up."""
    total = {each.name: each.nothing for each in only}
    for row in rows:
        for each in only:
            total[each.name] += row[each.name]
    return total


# --- Offers ---


def offer_rows(question: Question) -> QuerySet[Offer]:
    rows = offers(question.period, question.scope)
    fields = question.more_fields
    if chosen := fields.pop("representative", ()):
        rows = rows.filter(representative_id__in=[int(pk) for pk in chosen if pk.isdecimal()])
    return rows.filter(_of_conversations(question, fields)) if fields else rows


def offer_keys(question: Question) -> dict[str, Any]:
    return keys_of(question.layout.dimensions, lambda each: of_offer(each, question.zone))


def _offers(question: Question, metrics: tuple[Metric, ...]) -> tuple[Found, dict[str, Value]]:
    counts = {f"of_{metric.name}": Count("pk", filter=OUTCOMES[metric.name]) for metric in metrics}
    rows, keys = offer_rows(question), offer_keys(question)
    if not keys:
        total = _values(rows.aggregate(**counts), metrics)
        return {(): total}, total
    found = _grouped(rows, keys, counts, metrics)
    total = {metric.name: sum(values[metric.name] or 0.0 for values in found.values()) for metric in metrics}
    return found, total


# --- All of them ---

COUNTED: Mapping[Source, Callable[[Question, tuple[Metric, ...]], tuple[Found, dict[str, Value]]]] = {
    Source.CONVERSATIONS: _ongoing,
    Source.REPRESENTATIVES: _people,
    Source.STAYS: _stays,
    Source.OFFERS: _offers,
}


def _grouped(rows: Any, keys: Mapping[str, Any], counts: Mapping[str, Any], metrics: tuple[Metric, ...]) -> Found:
    found = rows.order_by().values(**keys).annotate(**counts)[: MOST_ROWS + 1]
    return {tuple(row[name] for name in keys): _values(row, metrics) for row in found}


def _values(row: Mapping[str, Any], metrics: tuple[Metric, ...]) -> dict[str, Value]:
    return {metric.name: plain(row[f"of_{metric.name}"]) for metric in metrics}
