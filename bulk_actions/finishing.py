"""The end of a run: the terminal transition once every item has its outcome, or the pause until offers are answered."""

from django.utils import timezone

from bulk_actions import lifecycle, progress
from bulk_actions.models import BulkAction
from bulk_actions.states import UNFINISHED
from contact_center.audit.actions import AuditAction
from contact_center.audit.record import record
from contact_center.tenancy.access import Actor

AWAITING_ANSWER = "Offered; the representative hasn’t answered yet."


def finish(bulk_action_id: int) -> bool:
    """Make the terminal transition once every item has its outcome. Harmless when repeated or too early."""
    run = BulkAction.objects.select_for_update().filter(pk=bulk_action_id, status__in=UNFINISHED).first()
    if run is None:
        return False
    counts = progress.count(run.pk)
    if counts.pending:
        if counts.offered == counts.pending and run.enqueued_at is not None:
            # No worker has anything to do until the representative answers.
            lifecycle.touch(run.pk, enqueued_at=None, status_sentence=AWAITING_ANSWER)
        return False
    ending = lifecycle.ending_of(counts)
    numbers = {"succeeded": counts.succeeded, "skipped": counts.skipped, "failed": counts.failed}
    lifecycle.move(run.pk, ending, ended_at=timezone.now(), status_sentence="", **numbers)
    record(
        AuditAction.RUN_FINISHED,
        actor=Actor(run.organization_id, membership_id=run.created_by_id),
        object_type="bulk_action",
        object_id=run.pk,
        before={"status": run.status},
        after={"status": lifecycle.TRANSITIONS[ending].target, **numbers},
        operation_id=run.key,
    )
    return True
