"""The conversations behind a figure: `answered;queue=5;hour=2026-11-21T09:00+00:00` and the rows it stands for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import BooleanField, Case, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce

from analytics.customized import counting
from analytics.customized.counting import Question
from analytics.customized.dimensions import DIMENSIONS, Dimension, of_conversation, of_offer, of_stay, why_not
from analytics.customized.layout import Layout
from analytics.metrics import METRICS, Metric, measures_of
from analytics.metrics.definition import Now, Quotient, Source, Total
from analytics.metrics.measures import BY_NAME as MEASURE_BY_NAME
from analytics.metrics.measures import Event, Measure, stays
from analytics.metrics.offers import OUTCOMES
from conversations.filters import ConversationFilter
from conversations.models import Conversation

# More conversations than that behind a figure are looked for in the order of the list instead of by id.
FEW = 10_000


@dataclass(frozen=True)
class Figure:
    """One cell: the metric, or all that the report counts now, and the values of the dimensions at its row."""

    metric: Metric
    at: tuple[tuple[Dimension, Any], ...]

    @classmethod
    def read(cls, typed: str) -> "Figure | None":
        """None for what no report could have written."""
        name, *parts = typed.split(";")
        metric = METRICS.get(name)
        if metric is None or not leads_anywhere(metric) or len(parts) > len(DIMENSIONS):
            return None
        at = []
        for part in parts:
            dimension_name, _, value = part.partition("=")
            dimension = DIMENSIONS.get(dimension_name)
            if dimension is None or why_not(dimension, metric):
                return None
            try:
                at.append((dimension, dimension.read(value)))
            except ValueError:
                return None
        return cls(metric, tuple(at))

    def __str__(self) -> str:
        return ";".join([self.metric.name, *(f"{each.name}={each.written(key)}" for each, key in self.at)])

    def label(self, zone: str) -> str:
        """“Accepted, Orders, SMS”. A query for each dimension whose values are rows."""
        words = [self.metric.label]
        for dimension, key in self.at:
            words.append(dimension.none if key is None else dimension.words((key,), zone).get(key, "one that is gone"))
        return ", ".join(words)


def leads_anywhere(metric: Metric) -> bool:
    """People aren’t conversations; their figures lead to the representatives."""
    return metric.source is not Source.REPRESENTATIVES


def rows_behind(
    figure: Figure, shown: ConversationFilter, rows: QuerySet[Conversation], now: datetime
) -> QuerySet[Conversation]:
    """Of these conversations those that the figure counts; for shares and means those it is divided by."""
    question = Question(shown, Layout.of(shown), now)
    if figure.metric.source is Source.CONVERSATIONS:
        return _among_ongoing(figure, question, rows)
    if figure.metric.source is Source.OFFERS:
        made = _at(counting.offer_rows(question), figure, lambda each: of_offer(each, question.zone))
        return _with_any(rows, [made.filter(OUTCOMES[figure.metric.name])])
    return _with_any(rows, [_stays_of(measure, figure, question) for measure in counted_by(figure.metric)])


def _with_any(rows: QuerySet[Conversation], found: Sequence[QuerySet[Any]]) -> QuerySet[Conversation]:
    """The conversations of any of these stays or offers. A query for each of `found`, as for a search."""
    ids = [list(each.order_by().values_list("conversation_id", flat=True)[: FEW + 1]) for each in found]
    if all(len(each) <= FEW for each in ids):
        return rows.filter(pk__in=sorted({pk for each in ids for pk in each}))
    condition = Q()
    for each in found:
        # One at a time, in the order of the list: so many that a page of them is found at once.
        one = each.filter(conversation_id=OuterRef("pk")).order_by().values(found=Value(True))[:1]
        condition |= Q(Coalesce(Subquery(one, output_field=BooleanField()), False))
    return rows.filter(condition)


def counted_by(metric: Metric) -> tuple[Measure, ...]:
    """The measures whose events a figure speaks of."""
    expression = metric.expression
    if isinstance(expression, Quotient):
        return tuple(MEASURE_BY_NAME[name] for name in expression.bottom)
    assert isinstance(expression, Total), metric.name  # noqa: S101 - a live metric is asked elsewhere
    return measures_of([metric])


def _among_ongoing(figure: Figure, question: Question, rows: QuerySet[Conversation]) -> QuerySet[Conversation]:
    expression = figure.metric.expression
    assert isinstance(expression, Now), figure.metric.name  # noqa: S101 - by its source
    counted = getattr(expression.aggregate(question.now), "filter", None) or Q()
    among = _at(counting.ongoing_rows(question).filter(counted), figure, of_conversation)
    return rows.filter(pk__in=among.values("pk"))


def _stays_of(measure: Measure, figure: Figure, question: Question) -> QuerySet[Any]:
    event: Event = measure.event
    found = stays(event, [question.period], question.scope, [measure])
    # As one value, so that the period is looked up first: two moments that have to be the same would be joined by.
    counted = Case(When(measure.condition, then=Value(True)), default=Value(False))
    found = counting.narrowed_stays(question)(found, event).filter(counted)
    return _at(found, figure, lambda each: of_stay(each, event, question.zone))


def _at(rows: QuerySet[Any], figure: Figure, expression: Any) -> QuerySet[Any]:
    """The rows with the figure's values, by the very expressions that grouped them."""
    keys: Mapping[str, Any] = counting.keys_of([each for each, _ in figure.at], expression)
    rows = rows.alias(**keys)
    for name, (_, key) in zip(keys, figure.at, strict=True):
        rows = rows.filter(**({f"{name}__isnull": True} if key is None else {name: key}))
    return rows
