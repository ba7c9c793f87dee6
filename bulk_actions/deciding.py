"""Approve and Reject: the second supervisor's decision, made once however often it is asked for."""

from django.db import transaction
from django.utils import timezone

from bulk_actions import lifecycle
from bulk_actions.approval import MINUTES, NOT_APPROVED, record_decision, skip_items, tell_requester, why_not_decide
from bulk_actions.limits import APPROVAL_EXPIRES
from bulk_actions.models import BulkAction
from bulk_actions.states import RunStatus
from bulk_actions.tasks import enqueue, run_chunk
from contact_center.audit.actions import AuditAction
from contact_center.errors import Conflict, Invalid, Refused
from contact_center.tenancy.access import Actor

REASON_LENGTH = 200


def approve(run: BulkAction, *, actor: Actor) -> None:
    """The run is queued. Again by the same person changes nothing. Raises Refused and Conflict."""
    with transaction.atomic():
        if not _may_decide(run, actor, RunStatus.QUEUED):
            return
        now = timezone.now()
        lifecycle.move(run.pk, "approve", decided_by_id=actor.membership_id, decided_at=now, enqueued_at=now)
        record_decision(AuditAction.RUN_APPROVED, run, actor, RunStatus.QUEUED)
        tell_requester(run, f"{actor.name[:60]} approved your run", f"{run.title} has started.")
        enqueue(run_chunk, run.organization_id, run.pk, turn=run.turn)


def reject(run: BulkAction, *, actor: Actor, reason: str) -> None:
    """Nothing of the run is done. Raises Invalid without a reason, Refused and Conflict."""
    reason = " ".join(reason.replace("\0", "").split())
    if not reason:
        raise Invalid("Say why you reject it.", fields={"reason": "Say why you reject it."})
    if len(reason) > REASON_LENGTH:
        sentence = f"Keep the reason to {REASON_LENGTH} characters; it has {len(reason):,}."
        raise Invalid(sentence, fields={"reason": sentence})
    with transaction.atomic():
        if not _may_decide(run, actor, RunStatus.REJECTED):
            return
        now = timezone.now()
        decided = {"decided_by_id": actor.membership_id, "decided_at": now, "decision_reason": reason}
        lifecycle.move(run.pk, "reject", ended_at=now, skipped=skip_items(run, NOT_APPROVED, now), **decided)
        record_decision(AuditAction.RUN_REJECTED, run, actor, RunStatus.REJECTED)
        tell_requester(run, f"{actor.name[:60]} rejected your run", f"{run.title}. Reason: {reason}")


def _may_decide(run: BulkAction, actor: Actor, target: RunStatus) -> bool:
    """With the run locked; False when this person has decided the same already."""
    if refusal := why_not_decide(run, actor):
        raise Refused(refusal)
    locked = BulkAction.objects.select_for_update().get(pk=run.pk)
    if locked.status == RunStatus.AWAITING_APPROVAL:
        if _is_over(locked):
            raise Conflict(f"The {MINUTES} minutes for an approval are over.", current="Expired")
        return True
    if locked.decided_by_id == actor.membership_id and (locked.status == RunStatus.REJECTED) == (
        target == RunStatus.REJECTED
    ):
        return False
    current = str(locked.get_status_display())
    raise Conflict(f"This run has been decided already: it is now {current}.", current=current)


def _is_over(run: BulkAction) -> bool:
    return run.started_at is not None and run.started_at < timezone.now() - APPROVAL_EXPIRES
