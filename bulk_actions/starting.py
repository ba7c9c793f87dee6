"""Proceed and Cancel: what a person does to a run, each once however often it is asked for."""

import uuid
from collections.abc import Mapping
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from bulk_actions import approval, execution, lifecycle, notices
from bulk_actions.answers import OFFERING
from bulk_actions.coverage import NOT_COVERED, covers, why_not_act_on
from bulk_actions.kinds import kind_of
from bulk_actions.limits import PREVIEW_LIVES
from bulk_actions.models import BulkAction, BulkActionItem
from bulk_actions.selection import become, freeze_failed, title_of
from bulk_actions.states import CANCELLABLE, TERMINAL, RunStatus
from bulk_actions.tasks import enqueue, run_chunk
from contact_center.audit.actions import AuditAction
from contact_center.audit.record import record
from contact_center.errors import Conflict, NotFound, Refused
from contact_center.tenancy.access import Actor
from contact_center.tenancy.scope import current_organization_id
from conversations.actions.yielding import lock_offered, withdraw_offers_of
from conversations.rules import Action, sentence_of

# What the preview said won't be done is settled at the start: nothing of it is done later by surprise.
_SETTLE = f"""
update {BulkActionItem._meta.db_table} item
set outcome = 'skipped', code = item.preview_code, sentence = said.sentence, done_at = %s
from unnest(%s::text[], %s::text[]) as said (code, sentence)
where item.organization_id = %s and item.bulk_action_id = %s
  and item.outcome = 'pending' and item.preview_code = said.code
"""  # noqa: S608 - the name of our own table


def preview_of(key: str, *, actor: Actor) -> BulkAction:
    """The run behind a dialog. Raises NotFound for a key that was never given out or was forgotten since."""
    try:
        run = BulkAction.objects.filter(key=uuid.UUID(key)).first()
    except ValueError:
        run = None
    if run is None:
        raise NotFound("This preview no longer exists. Select the conversations again.")
    if run.created_by_id != actor.membership_id:
        raise Refused("Only the person who opened this preview can proceed with it.")
    return run


def choose(run: BulkAction, action: str, *, actor: Actor) -> None:
    """The person chose a sister action in the dialog. Raises NotFound for anything else."""
    if action == run.action:
        return
    if not kind_of(run.action).may_become(action):
        raise NotFound("This dialog has no such action.")
    with transaction.atomic():
        if BulkAction.objects.select_for_update().filter(pk=run.pk, status=RunStatus.PREVIEWED).exists():
            become(run, Action(action), actor=actor)


def start(run: BulkAction, *, actor: Actor, parameters: Mapping[str, Any]) -> bool:
    """Confirm a preview; False when it was confirmed already. A single action is done when this returns.

    Raises what a single action raises, and then nothing has happened.
    """
    with transaction.atomic():
        now = timezone.now()
        eligible = run.items.filter(preview_code="").count()
        _require_startable(run, eligible)
        awaits = run.status == RunStatus.PREVIEWED and approval.is_needed(run.action, eligible)
        name = "submit" if awaits else "confirm_single" if run.single else "confirm"
        run.parameters, run.eligible = dict(parameters), eligible
        confirmed = {
            "parameters": run.parameters,
            "title": title_of(run),
            "eligible": eligible,
            "recipients": kind_of(run.action).recipients(run, actor),
            "started_at": now,
            "enqueued_at": None if awaits else now,
        }
        if not lifecycle.move(run.pk, name, **confirmed):
            return False
        run.refresh_from_db()
        lifecycle.settle_at_start(run.pk, _settle_refused(run))
        audited = AuditAction.RUN_SUBMITTED if awaits else AuditAction.RUN_STARTED
        _record(audited, run, actor, after={"action": run.action, "total": run.total, **_retries(run)})
        if awaits:
            approval.ask(run, actor)
        elif run.single:
            execution.run_single(run, actor)
        else:
            enqueue(run_chunk, run.organization_id, run.pk, turn=run.turn)
    return True


def _retries(run: BulkAction) -> dict[str, int]:
    return {"retry_of": run.retry_of_id} if run.retry_of_id else {}


def _require_startable(run: BulkAction, eligible: int) -> None:
    if run.status != RunStatus.PREVIEWED:
        return
    if run.created_at < timezone.now() - PREVIEW_LIVES:
        raise Conflict("This preview is more than two hours old. Close it and select the conversations again.")
    if not eligible:
        raise Refused("None of these conversations can be processed.")


def _settle_refused(run: BulkAction) -> int:
    codes = sorted(run.items.exclude(preview_code="").values_list("preview_code", flat=True).distinct())
    if not codes:
        return 0
    sentences = [sentence_of(code) for code in codes]
    with connection.cursor() as cursor:
        cursor.execute(_SETTLE, [timezone.now(), codes, sentences, current_organization_id(), run.pk])
        return int(cursor.rowcount)


def retry(run: BulkAction, *, actor: Actor) -> BulkAction:
    """A preview over what failed. Raises Refused."""
    if refusal := why_not_retry(run, actor):
        raise Refused(refusal)
    return freeze_failed(run, actor=actor)


def why_not_retry(run: BulkAction, actor: Actor, *, covered: bool | None = None) -> str:
    """Why this person can't try again what failed; empty when nothing speaks against it."""
    if run.status not in TERMINAL or not run.failed:
        return "Nothing of this run has failed."
    if refusal := why_not_act_on(actor, run.action):
        return refusal
    covered = covers(actor, run) if covered is None else covered
    return "" if covered else NOT_COVERED


def cancel(run: BulkAction, *, actor: Actor) -> None:
    """Skip what is pending; what is done stays done. A chunk being worked on right now is still finished.

    An offer that a representative hasn't answered yet is withdrawn, also one that is being made at this moment.
    Cancelling what has ended changes nothing. Raises Refused.
    """
    if refusal := why_not_cancel(run, actor):
        raise Refused(refusal)
    with transaction.atomic():
        if run.status == RunStatus.AWAITING_APPROVAL and _withdrawn(run, actor):
            return
        # Items before conversations, as a chunk locks them, and both before the run, as by whoever answers an offer.
        pending = execution.claim(run, run.total, waits=run.action in OFFERING)
        offered = lock_offered(run.key, actor=actor) if run.action in OFFERING else []
        now = timezone.now()
        execution.skip(run, pending)
        # Asked again under the row's lock: of two people who cancel at once one does.
        asked = BulkAction.objects.select_for_update().values_list("cancel_requested_at", flat=True).get(pk=run.pk)
        if asked is None and lifecycle.touch(run.pk, cancel_requested_at=now, enqueued_at=now):
            _record(AuditAction.RUN_CANCELLED, run, actor, before={"status": run.status})
            notices.tell_of_cancel(run, actor, len(pending) + len(offered))
            if offered:
                withdraw_offers_of(run.key, offered, actor=actor, now=now)
            if not (offered and run.single):
                # What a chunk is offering right now is taken back by the next one.
                enqueue(run_chunk, run.organization_id, run.pk, turn=run.turn)


def _withdrawn(run: BulkAction, actor: Actor) -> bool:
    """Before the decision. Decided meanwhile, the run's lock is let go: whoever answers its offer takes it last."""
    with transaction.atomic():
        done = approval.withdraw(run, actor=actor)
        if not done:
            transaction.set_rollback(True)
    return done


def why_not_cancel(run: BulkAction, actor: Actor, *, covered: bool | None = None) -> str:
    """Why this person can't cancel the run; empty when nothing speaks against it (product.md §3).

    `covered` says whether the person's queues cover it, where that is known already.
    """
    if not actor.is_supervisor:
        return sentence_of("not_supervisor")
    if actor.api_access:
        return sentence_of("api_access")
    if run.created_by_id == actor.membership_id:
        return ""
    covered = covers(actor, run) if covered is None else covered
    return "" if covered else NOT_COVERED


def is_cancellable(run: BulkAction, actor: Actor, *, covered: bool | None = None) -> bool:
    if run.status not in CANCELLABLE or run.cancel_requested_at is not None:
        return False
    return not why_not_cancel(run, actor, covered=covered)


def _record(action: AuditAction, run: BulkAction, actor: Actor, **states: Any) -> None:
    record(action, actor=actor, object_type="bulk_action", object_id=run.pk, operation_id=run.key, **states)
