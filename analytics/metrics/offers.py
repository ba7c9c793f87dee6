"""Metrics of offers to representatives: how many were made in a period and what became of those."""

from typing import Any

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery

from analytics.metrics.definition import Better, Metric, Source, Total, Unit
from analytics.scope import Period, Scope
from conversations.models import Offer, QueueSegment
from conversations.states import OfferOutcome


def _offers(name: str, label: str, sentence: str, calculation: str, better: Better = Better.NEITHER) -> Metric:
    return Metric(
        name=name,
        label=label,
        unit=Unit.COUNT,
        sentence=sentence,
        calculation=calculation,
        source=Source.OFFERS,
        reference="§6.8",
        expression=Total(name),
        better=better,
    )


OF_OFFERS = (
    _offers(
        "offers",
        "Offered to the representative",
        "Conversations that were offered to a representative in the period.",
        "A count of offers by when they were made: routed, assigned by a supervisor or transferred. One may be offered "
        "several times.",
    ),
    _offers(
        "offers_accepted",
        "Accepted by the representative",
        "Offers of the period that the representative accepted.",
        "A count of the period’s offers that ended with an acceptance.",
        Better.HIGHER,
    ),
    _offers(
        "offers_rejected",
        "Rejected by the representative",
        "Offers of the period that the representative rejected.",
        "A count of the period’s offers that ended with a rejection.",
        Better.LOWER,
    ),
    _offers(
        "offers_timed_out",
        "Timed out at the representative",
        "Offers of the period that nobody answered in time.",
        "A count of the period’s offers that ran out.",
        Better.LOWER,
    ),
)
NO_OFFERS = {metric.name: 0 for metric in OF_OFFERS}
OUTCOMES = {
    "offers": Q(),
    "offers_accepted": Q(outcome=OfferOutcome.ACCEPTED),
    "offers_rejected": Q(outcome=OfferOutcome.REJECTED),
    "offers_timed_out": Q(outcome=OfferOutcome.TIMED_OUT),
}


def offers(period: Period, scope: Scope) -> QuerySet[Offer]:
    """Those made in the period, in the queue in which the conversation was at that moment."""
    made = Offer.objects.filter(offered_at__gte=period.since, offered_at__lt=period.until)
    stays = QueueSegment.objects.filter(conversation=OuterRef("conversation"), entered_at__lte=OuterRef("offered_at"))
    then = stays.order_by("-entered_at", "-pk").values("queue_id")[:1]
    return made.alias(queue_then=Subquery(then)).filter(
        scope.condition(queue="queue_then", channel="conversation__channel")
    )


def offers_by_representative(period: Period, scope: Scope) -> dict[int, dict[str, int]]:
    """Of everybody who was offered anything. One query."""
    counts = {f"of_{name}": Count("pk", filter=condition) for name, condition in OUTCOMES.items()}
    rows: Any = offers(period, scope).order_by().values("representative_id").annotate(**counts)
    return {row["representative_id"]: {name: row[f"of_{name}"] for name in OUTCOMES} for row in rows}
