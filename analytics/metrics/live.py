"""Metrics of the present: ongoing conversations and representatives as they are, in one query each."""

from collections.abc import Collection, Mapping
from datetime import datetime

from django.db.models import Aggregate, Avg, Count, DurationField, Exists, ExpressionWrapper, F, Max, OuterRef, Q, Sum
from django.db.models import Value as SqlValue
from django.db.models.query import QuerySet

from analytics.metrics.definition import Better, Metric, Now, Source, Unit, Value, plain
from analytics.scope import Scope
from conversations.models import Conversation
from conversations.models.conversation import ONGOING_ROW
from conversations.rules import IN_QUEUE, in_phase
from conversations.states import Phase
from routing.kinds import Presence
from routing.models import QueueMember, Representative

PERSON = Q(representative__type=Representative.Type.PERSON)
AI_AGENT = Q(representative__type=Representative.Type.AI_AGENT)
ONLINE = ~Q(presence=Presence.OFFLINE)


def _count(condition: Q, of: str = "pk", *, distinct: bool = False) -> Now:
    return Now(lambda as_of: Count(of, filter=condition, distinct=distinct))


def _longest_wait(as_of: datetime) -> Aggregate:
    wait = ExpressionWrapper(SqlValue(as_of) - F("queued_at"), output_field=DurationField())
    return Max(wait, filter=IN_QUEUE)


def _conversations(name: str, label: str, sentence: str, calculation: str, expression: Now, **more: object) -> Metric:
    given = {"unit": Unit.COUNT, "reference": "§6.7", **more}
    return Metric(
        name=name,
        label=label,
        sentence=sentence,
        calculation=calculation,
        source=Source.CONVERSATIONS,
        expression=expression,
        **given,  # type: ignore[arg-type]
    )


def _representatives(name: str, label: str, sentence: str, expression: Now, **more: object) -> Metric:
    given = {
        "unit": Unit.COUNT,
        "reference": "§6.7",
        "calculation": "A count of representatives; AI agents aren’t people.",
    }
    return Metric(
        name=name,
        label=label,
        sentence=sentence,
        source=Source.REPRESENTATIVES,
        expression=expression,
        **{**given, **more},  # type: ignore[arg-type]
    )


OF_CONVERSATIONS = (
    _conversations(
        "ongoing",
        "Ongoing conversations",
        "Conversations that aren’t closed.",
        "Open, Active, Waiting and Wrap-up together.",
        _count(ONGOING_ROW),
    ),
    _conversations(
        "active",
        "Active conversations",
        "Conversations that somebody has accepted and is in now.",
        "Status Active with reason “In conversation”, of every channel, with representatives and AI agents alike.",
        _count(in_phase(Phase.ACTIVE)),
    ),
    _conversations(
        "active_with_representatives",
        "Active with representatives",
        "Active conversations that a person holds.",
        "Active conversations whose representative isn’t an AI agent.",
        _count(in_phase(Phase.ACTIVE) & PERSON),
    ),
    _conversations(
        "active_with_ai_agents",
        "Active with AI agents",
        "Active conversations that an AI agent holds.",
        "Active conversations whose representative is an AI agent.",
        _count(in_phase(Phase.ACTIVE) & AI_AGENT),
    ),
    _conversations(
        "backlog",
        "Queue backlog",
        "Conversations that wait in a queue for somebody to accept them.",
        "Status Open, or Active with reason “Awaiting acceptance”.",
        _count(IN_QUEUE),
        better=Better.LOWER,
        at_risk=20,
        critical=50,
    ),
    _conversations(
        "open",
        "Open",
        "Conversations in a queue that nobody is assigned to.",
        "Status Open.",
        _count(in_phase(Phase.OPEN)),
    ),
    _conversations(
        "awaiting_acceptance",
        "Awaiting acceptance",
        "Conversations that were offered to a representative who hasn’t answered yet.",
        "Status Active with reason “Awaiting acceptance”.",
        _count(in_phase(Phase.AWAITING)),
    ),
    _conversations(
        "waiting",
        "Waiting",
        "Conversations that the representative has left to wait for the customer.",
        "Status Waiting.",
        _count(in_phase(Phase.WAITING)),
    ),
    _conversations(
        "wrap_up",
        "Wrap-up",
        "Conversations whose talk is over while the representative finishes them.",
        "Status Wrap-up.",
        _count(in_phase(Phase.WRAP_UP)),
    ),
    _conversations(
        "longest_wait",
        "Current longest wait",
        "How long the conversation that has waited longest is in its queue by now.",
        "The longest time since a conversation that nobody has accepted entered the queue it is in.",
        Now(_longest_wait),
        unit=Unit.DURATION,
        reference="§6.7, §6.8",
        better=Better.LOWER,
        at_risk=120,
        critical=300,
    ),
    _conversations(
        "representatives_in_conversation",
        "In active conversations",
        "Representatives who are in at least one conversation now.",
        "Distinct people who hold a conversation with status Active and reason “In conversation”.",
        _count(in_phase(Phase.ACTIVE) & PERSON, "representative_id", distinct=True),
        reference="§6.8",
    ),
    _conversations(
        "representatives_in_wrap_up",
        "Representatives in wrap-up",
        "Representatives who are finishing at least one conversation.",
        "Distinct people who hold a conversation in Wrap-up.",
        _count(in_phase(Phase.WRAP_UP) & PERSON, "representative_id", distinct=True),
    ),
    _conversations(
        "sentiment",
        "Average sentiment",
        "How the customers of ongoing conversations feel, from 0 (very negative) to 100 (very positive).",
        "The mean of the current sentiment scores; conversations without a score don’t count.",
        Now(lambda as_of: Avg("sentiment_score")),
        unit=Unit.SCORE,
        better=Better.HIGHER,
        at_risk=42,
        critical=25,
    ),
)
OF_REPRESENTATIVES = (
    _representatives(
        "online_representatives",
        "Online representatives",
        "People who are signed in, whatever else their presence says.",
        _count(ONLINE),
        calculation="Active representatives whose base presence isn’t Offline; AI agents aren’t people.",
        better=Better.HIGHER,
    ),
    *(
        _representatives(
            f"presence_{presence.value}",
            str(presence.label),
            f"People whose base presence is {presence.label}.",
            _count(Q(presence=presence)),
        )
        for presence in Presence
    ),
    _representatives(
        "units_in_use",
        "Units in use",
        "Capacity units that conversations take of the people who are online.",
        Now(lambda as_of: Sum("units_used", filter=ONLINE, default=0)),
        calculation="The sum of the units used by representatives who aren’t Offline.",
    ),
    _representatives(
        "units_in_total",
        "Units in total",
        "Capacity units of the people who are online.",
        Now(lambda as_of: Sum("total_units", filter=ONLINE, default=0)),
        calculation="The sum of the total units of representatives who aren’t Offline.",
    ),
)


def ongoing(scope: Scope) -> QuerySet[Conversation]:
    return Conversation.objects.filter(ONGOING_ROW, scope.condition())


def people(scope: Scope) -> QuerySet[Representative]:
    """The people of the scope: everybody active, or those who serve one of its queues."""
    found = Representative.objects.filter(is_active=True, type=Representative.Type.PERSON)
    if scope.queue_ids is None:
        return found
    return found.filter(Exists(QueueMember.objects.filter(scope.of_queue(), representative=OuterRef("pk"))))


def live_values(scope: Scope, as_of: datetime) -> dict[str, Value]:
    """Every live metric of the scope. Two queries."""
    return conversation_values(ongoing(scope), as_of) | people_values(scope, as_of)


def conversation_values(
    rows: QuerySet[Conversation], as_of: datetime, names: Collection[str] | None = None
) -> dict[str, Value]:
    """The live metrics over any choice of ongoing conversations, or the named ones of them. One query.

    Whoever needs a few names them: over 100,000 rows, counting distinct people costs more than all the others.
    """
    chosen = tuple(metric for metric in OF_CONVERSATIONS if names is None or metric.name in names)
    return _values(rows, chosen, as_of)


def people_values(scope: Scope, as_of: datetime) -> dict[str, Value]:
    """The live metrics of representatives. One query."""
    return _values(people(scope), OF_REPRESENTATIVES, as_of)


def _values(rows: QuerySet, metrics: tuple[Metric, ...], as_of: datetime) -> dict[str, Value]:
    return values_of(metrics, rows.aggregate(**aggregates(metrics, as_of)))


def values_of(metrics: tuple[Metric, ...], found: Mapping[str, object]) -> dict[str, Value]:
    """What an aggregation answered, by metric."""
    return {metric.name: plain(found[_alias(metric)]) for metric in metrics}


def aggregates(metrics: tuple[Metric, ...], as_of: datetime) -> dict[str, Aggregate]:
    return {
        _alias(metric): metric.expression.aggregate(as_of) for metric in metrics if isinstance(metric.expression, Now)
    }


def _alias(metric: Metric) -> str:
    # A name of its own, as some metrics are called like a column.
    return f"of_{metric.name}"
