"""The second supervisor: when one is needed, who is asked and may decide, and what waiting too long does."""

from datetime import datetime

from django.db.models import F
from django.utils import timezone

from bulk_actions import lifecycle
from bulk_actions.coverage import covers, supervisors_covering, why_not_act_on
from bulk_actions.kinds import kind_of
from bulk_actions.limits import APPROVAL_EXPIRES
from bulk_actions.models import BulkAction
from bulk_actions.notices import ASKED, DECIDED, take_back_question, tell, tell_of_cancel
from bulk_actions.states import Outcome, RunStatus
from contact_center.audit.actions import AuditAction
from contact_center.audit.record import record
from contact_center.tenancy.access import Actor, system_actor
from contact_center.tenancy.models import OrganizationSettings

NOT_APPROVED, EXPIRED = "not_approved", "approval_expired"
SENTENCES = {NOT_APPROVED: "The run wasn’t approved.", EXPIRED: "Nobody approved the run in time."}
MINUTES = int(APPROVAL_EXPIRES.total_seconds() // 60)


def is_needed(action: str, number: int) -> bool:
    """The organization's policy: for chosen actions, or above a number of conversations. One query."""
    settings = OrganizationSettings.objects.first()
    if settings is None:
        return False
    return action in settings.approval_actions or (
        settings.approval_above is not None and number > settings.approval_above
    )


def said_beforehand(run: BulkAction, number: int) -> str:
    """For the dialog: that approval will be needed, and whether anybody can give it. Empty when it isn't."""
    if not number or not is_needed(run.action, number):
        return ""
    needed = f"Another supervisor has to approve this within {MINUTES} minutes; nothing happens before."
    if not any(True for _ in supervisors_covering(run)):
        noun = kind_of(run.action).subject.noun
        these = f"this {noun}" if number == 1 else f"all of these {noun}s"
        needed += f" At the moment nobody else may: no other supervisor sees {these}."
    return needed


def ask(run: BulkAction, actor: Actor) -> None:
    """Tell everybody who may decide. Call in the transaction that submits the run."""
    title = f"{actor.name[:60]} asks for your approval"
    text = f"{run.title}. Approve or reject it within {MINUTES} minutes."
    tell(run, ASKED, [each.membership_id or 0 for each in supervisors_covering(run)], title, text)


def why_not_decide(run: BulkAction, actor: Actor, *, covered: bool | None = None) -> str:
    """Why this person can neither approve nor reject; empty when nothing speaks against it."""
    if refusal := why_not_act_on(actor, run.action):
        return refusal
    if run.created_by_id == actor.membership_id:
        return "Nobody approves their own run. Another supervisor decides."
    if not (covers(actor, run) if covered is None else covered):
        return "The run covers queues that you don’t see. Another supervisor decides."
    return ""


def expire(run: BulkAction) -> None:
    """Nobody decided in time. Call with the run locked."""
    now = timezone.now()
    lifecycle.move(run.pk, "expire", ended_at=now, skipped=skip_items(run, EXPIRED, now))
    record_decision(AuditAction.RUN_EXPIRED, run, system_actor(run.organization_id), RunStatus.EXPIRED)
    tell_requester(run, "Your run expired", f"{run.title}. Nobody approved it within {MINUTES} minutes.")


def withdraw(run: BulkAction, *, actor: Actor) -> bool:
    """A cancel before the decision; False when it has been decided meanwhile."""
    now = timezone.now()
    if BulkAction.objects.select_for_update().get(pk=run.pk).status != RunStatus.AWAITING_APPROVAL:
        return False
    lifecycle.move(run.pk, "withdraw", cancel_requested_at=now, ended_at=now, skipped=skip_items(run, "cancelled", now))
    record_decision(AuditAction.RUN_CANCELLED, run, actor, RunStatus.CANCELLED)
    take_back_question(run)
    tell_of_cancel(run, actor, run.eligible)
    return True


def skip_items(run: BulkAction, code: str, now: datetime) -> F:
    """Every item gets its outcome; the answer is the run's counter with them."""
    sentence = SENTENCES.get(code, "The run was cancelled before its turn.")
    pending = run.items.filter(outcome=Outcome.PENDING)
    number = pending.update(outcome=Outcome.SKIPPED, code=code, sentence=sentence, done_at=now)
    return F("skipped") + number  # type: ignore[return-value]


def record_decision(action: AuditAction, run: BulkAction, actor: Actor, status: RunStatus) -> None:
    record(
        action,
        actor=actor,
        object_type="bulk_action",
        object_id=run.pk,
        before={"status": RunStatus.AWAITING_APPROVAL},
        after={"status": status},
        operation_id=run.key,
    )


def tell_requester(run: BulkAction, title: str, text: str) -> None:
    """And take the question off the others' bells."""
    take_back_question(run)
    tell(run, DECIDED, [run.created_by_id], title, text)
