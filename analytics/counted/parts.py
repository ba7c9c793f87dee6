"""What a figure of a period is made of: its parts, each with the stays or offers that it counts.

A share is shown as what it counts and what is left of what it is divided by, so that the lines of all parts together
are the lower number and those of the first part the upper one.
"""

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from analytics.metrics import METRICS, Metric
from analytics.metrics.definition import Quotient, Source, Total
from analytics.metrics.measures import BY_NAME, SERVICE_LEVELS, Event, Measure, counted
from analytics.metrics.offers import NO_OFFERS, OUTCOMES, offers
from analytics.scope import Period, Scope

_LABELS = {
    **{metric.expression.measure: metric.label for metric in METRICS.values() if isinstance(metric.expression, Total)},
    **{f"answered_within_{seconds}": f"Within {seconds}\u00a0s" for seconds in SERVICE_LEVELS},
    "stays_in_service_level": "Within the service level",
    "disconnected": "Left by the customer",
    "handled": "Closed after an acceptance",
    "transferred": "Transferred",
    "offers": "Offered",
    "offers_accepted": "Accepted",
    "offers_rejected": "Rejected",
    "offers_timed_out": "Timed out",
}
# Figures that are read together.
FAMILIES = (
    tuple(NO_OFFERS),
    ("stays", "stays_answered"),
    ("transfers_in", "transfers_out"),
    ("overflow_in", "overflow_out"),
)
# What is left of a measure without a part of it.
_REST = {
    **{f"answered_within_{seconds}": f"After more than {seconds}\u00a0s" for seconds in SERVICE_LEVELS},
    "stays_in_service_level": "Later",
    "disconnected": "Abandoned otherwise",
    "transferred": "Not transferred",
}
# The time that goes with a measure, and what it is called.
_LENGTHS = {
    **dict.fromkeys(("answered", *(f"answered_within_{each}" for each in SERVICE_LEVELS)), ("answer_wait", "Wait")),
    **dict.fromkeys(("abandoned", "disconnected", "short_abandoned"), ("abandon_wait", "Wait")),
    **dict.fromkeys(("stays_answered", "stays_in_service_level"), ("stay_wait", "Wait in the queue")),
    "closed": ("conversation_time", "Duration"),
    **dict.fromkeys(("handled", "transferred"), ("handle_time", "Handle time")),
}


@dataclass(frozen=True)
class StayPart:
    """The stays that a measure counts; those of `without`, a part of them, left out."""

    measure: Measure
    without: Measure | None = None

    @property
    def name(self) -> str:
        return f"not_{self.without.name}" if self.without else self.measure.name

    @property
    def label(self) -> str:
        return _REST[self.without.name] if self.without else _LABELS[self.measure.name]

    @property
    def event(self) -> Event:
        return self.measure.event

    @property
    def length(self) -> tuple[Measure, str] | None:
        found = _LENGTHS.get(self.measure.name)
        return (BY_NAME[found[0]], found[1]) if found else None

    @property
    def moment(self) -> str:
        return self.event.value

    def rows(self, period: Period, scope: Scope) -> QuerySet[Any]:
        """Those of the period, annotated with what the length is made of."""
        beside = [self.length[0]] if self.length else []
        found = counted(self.measure, [period], scope, *beside)
        if self.without:
            found = found.exclude(pk__in=counted(self.without, [period], scope).values("pk"))
        return found


@dataclass(frozen=True)
class OfferPart:
    """The offers of one of OUTCOMES."""

    name: str
    length: None = None
    moment: str = "offered_at"

    @property
    def label(self) -> str:
        return _LABELS[self.name]

    def rows(self, period: Period, scope: Scope) -> QuerySet[Any]:
        return offers(period, scope).filter(OUTCOMES[self.name])


Part = StayPart | OfferPart


def parts_of(metric: Metric) -> tuple[Part, ...]:
    """The first is what the figure speaks of."""
    if metric.source is Source.OFFERS:
        return (OfferPart(metric.name),)
    expression = metric.expression
    if isinstance(expression, Total):
        return (StayPart(BY_NAME[expression.measure]),)
    assert isinstance(expression, Quotient), metric.name  # noqa: S101  a live metric has no period
    top, bottom = BY_NAME[expression.top], [BY_NAME[name] for name in expression.bottom]
    if top.of:
        return tuple(StayPart(measure) for measure in bottom)
    if top in bottom:
        return (StayPart(top), *(StayPart(measure) for measure in bottom if measure is not top))
    # A part of the one with the same event.
    return (StayPart(top), *(StayPart(each, top if each.event is top.event else None) for each in bottom))


def family_of(metric: Metric) -> tuple[Metric, ...]:
    """Those that are read together with it, itself among them."""
    names = next((family for family in FAMILIES if metric.name in family), (metric.name,))
    return tuple(METRICS[name] for name in names)
