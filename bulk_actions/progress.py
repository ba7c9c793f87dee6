"""How far a run is, counted from its items; the counters on the run are for lists and decide nothing."""

from dataclasses import dataclass

from django.db.models import Count, Q

from bulk_actions.models import BulkActionItem
from bulk_actions.states import Outcome

CANCELLED, CHANGED = "cancelled", "changed"


@dataclass(frozen=True, slots=True)
class Counts:
    """`pending` counts those awaiting a representative's answer (`offered`) too; `cancelled` is a part of `skipped`;
    `errors` are the failed ones and those skipped against what was confirmed.
    """

    total: int
    pending: int
    succeeded: int
    skipped: int
    failed: int
    cancelled: int
    errors: int
    offered: int = 0


def count(bulk_action_id: int) -> Counts:
    """One query."""
    skipped, failed = Q(outcome=Outcome.SKIPPED), Q(outcome=Outcome.FAILED)
    against = skipped & Q(preview_code="") & ~Q(code__in=[CANCELLED, CHANGED])
    return Counts(
        **BulkActionItem.objects.filter(bulk_action_id=bulk_action_id).aggregate(
            total=Count("pk"),
            pending=Count("pk", filter=Q(outcome__in=[Outcome.PENDING, Outcome.OFFERED])),
            offered=Count("pk", filter=Q(outcome=Outcome.OFFERED)),
            succeeded=Count("pk", filter=Q(outcome=Outcome.SUCCEEDED)),
            skipped=Count("pk", filter=skipped),
            failed=Count("pk", filter=failed),
            cancelled=Count("pk", filter=skipped & Q(code=CANCELLED)),
            errors=Count("pk", filter=failed | against),
        )
    )
