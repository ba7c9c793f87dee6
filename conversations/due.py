"""Targets: when the next first response or resolution is due, when it comes at risk, and how a conversation stands."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Case, DateTimeField, DurationField, ExpressionWrapper, F, Q, When
from django.db.models.functions import Now

from conversations.models.conversation import ONGOING_ROW
from routing.kinds import Kind
from routing.models import Queue

# At risk: less than this share of the time is left.
LEFT = 0.25

BREACHED = ONGOING_ROW & Q(target_due_at__lte=Now())
AT_RISK = ONGOING_ROW & Q(target_due_at__gt=Now(), target_risk_at__lte=Now())
ON_TIME = ONGOING_ROW & Q(target_risk_at__gt=Now())


def targets_of(queue: Queue, kind: str, now: datetime) -> dict[str, datetime | None]:
    """What a conversation that arrives in the queue now is measured by, whichever queues it goes to later."""
    response = None if kind == Kind.RECORD else queue.first_response_seconds
    resolution = queue.resolution_seconds
    next_in = min((seconds for seconds in (response, resolution) if seconds is not None), default=None)
    return {
        "first_response_due_at": _after(now, response),
        "resolution_due_at": _after(now, resolution),
        "target_due_at": _after(now, next_in),
        "target_risk_at": None if next_in is None else now + timedelta(seconds=next_in * (1 - LEFT)),
    }


def once_responded(created_at: datetime, resolution_due_at: datetime | None) -> dict[str, Any]:
    """The first response was given: what is left is the resolution."""
    if resolution_due_at is None:
        return {"target_due_at": None, "target_risk_at": None}
    risk = resolution_due_at - (resolution_due_at - created_at) * LEFT
    return {"target_due_at": resolution_due_at, "target_risk_at": risk}


def once_responded_in_rows() -> Mapping[str, Case]:
    """The same for an UPDATE over rows of which some have had their first response before."""
    whole = ExpressionWrapper(F("resolution_due_at") - F("created_at"), output_field=DurationField())
    left = ExpressionWrapper(whole * LEFT, output_field=DurationField())
    risk = ExpressionWrapper(F("resolution_due_at") - left, output_field=DateTimeField())
    first = Q(first_response_at=None)
    return {
        "target_due_at": Case(When(first, then=F("resolution_due_at")), default=F("target_due_at")),
        "target_risk_at": Case(When(first, then=risk), default=F("target_risk_at")),
    }


def _after(now: datetime, seconds: int | None) -> datetime | None:
    return None if seconds is None else now + timedelta(seconds=seconds)
