"""Proceed and Cancel: what a person does to a run, each once however often it is asked for."""

import uuid
from collections.abc import Mapping
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from bulk_actions import execution, lifecycle
from bulk_actions.answers import OFFERING
from bulk_actions.kinds import kind_of
from bulk_actions.limits import PREVIEW_LIVES
from bulk_actions.models import BulkAction, BulkActionItem
from bulk_actions.selection import become, title_of
from bulk_actions.states import UNFINISHED, RunStatus
from bulk_actions.tasks import enqueue, run_chunk
from contact_center.audit.actions import AuditAction
from contact_center.audit.record import record
from contact_center.errors import Conflict, NotFound, Refused
from contact_center.tenancy.access import Actor
from contact_center.tenancy.scope import current_organization_id
from conversations.actions.yielding import lock_offered, withdraw_offers_of
from conversations.rules import Action, sentence_of
from conversations.visibility import visible_to

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


def choose(run: BulkAction, action: Action, *, actor: Actor) -> None:
    """The person chose a sister action in the dialog. Raises NotFound for anything else."""
    if action == run.action:
        return
    if not kind_of(run.action).may_become(action):
        raise NotFound("This dialog has no such action.")
    with transaction.atomic():
        if BulkAction.objects.select_for_update().filter(pk=run.pk, status=RunStatus.PREVIEWED).exists():
            become(run, action, actor=actor)


def start(run: BulkAction, *, actor: Actor, parameters: Mapping[str, Any]) -> bool:
    """Confirm a preview; False when it was confirmed already. A single action is done when this returns.

    Raises what a single action raises, and then nothing has happened.
    """
    with transaction.atomic():
        now = timezone.now()
        eligible = run.items.filter(preview_code="").count()
        _require_startable(run, eligible)
        name = "confirm_single" if run.single else "confirm"
        run.parameters, run.eligible = dict(parameters), eligible
        confirmed = {
            "parameters": run.parameters,
            "title": title_of(run),
            "eligible": eligible,
            "recipients": kind_of(run.action).recipients(run, actor),
            "started_at": now,
            "enqueued_at": now,
        }
        if not lifecycle.move(run.pk, name, **confirmed):
            return False
        run.refresh_from_db()
        lifecycle.touch(run.pk, skipped=_settle_refused(run))
        _record(AuditAction.RUN_STARTED, run, actor, after={"action": run.action, "total": run.total})
        if run.single:
            execution.run_single(run, actor)
        else:
            enqueue(run_chunk, run.organization_id, run.pk, turn=run.turn)
    return True


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


def cancel(run: BulkAction, *, actor: Actor) -> None:
    """Skip what is pending; what is done stays done. A chunk being worked on right now is still finished.

    Cancelling what has ended changes nothing. Raises Refused.
    """
    if refusal := why_not_cancel(run, actor):
        raise Refused(refusal)
    with transaction.atomic():
        # Items before the run, as a chunk locks them.
        execution.skip_pending(run)
        now = timezone.now()
        # Conversations are locked before runs, as by whoever answers the offer.
        offered = lock_offered(run.key, actor=actor) if run.action in OFFERING else []
        if run.cancel_requested_at is None and lifecycle.touch(run.pk, cancel_requested_at=now, enqueued_at=now):
            _record(AuditAction.RUN_CANCELLED, run, actor, before={"status": run.status})
            if offered:
                withdraw_offers_of(run.key, offered, actor=actor, now=now)
            else:
                enqueue(run_chunk, run.organization_id, run.pk, turn=run.turn)


def why_not_cancel(run: BulkAction, actor: Actor) -> str:
    """Why this person can't cancel the run; empty when nothing speaks against it (product.md §3)."""
    if not actor.is_supervisor:
        return sentence_of("not_supervisor")
    if actor.api_access:
        return sentence_of("api_access")
    if run.created_by_id != actor.membership_id and not covers(actor, run):
        return "The run covers queues that you don’t see. Ask the person who started it."
    return ""


def covers(actor: Actor, run: BulkAction) -> bool:
    """Whether the person's queues hold every conversation of the run."""
    if actor.queue_ids is None:
        return True
    seen = visible_to(actor).values("pk")
    return not run.items.exclude(conversation_id__in=seen).exists()


def is_cancellable(run: BulkAction, actor: Actor) -> bool:
    return run.status in UNFINISHED and run.cancel_requested_at is None and not why_not_cancel(run, actor)


def _record(action: AuditAction, run: BulkAction, actor: Actor, **states: Any) -> None:
    record(action, actor=actor, object_type="bulk_action", object_id=run.pk, operation_id=run.key, **states)
