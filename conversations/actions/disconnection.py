"""T16: what representatives hold whose desk was lost and who don't come back in time is Open again, for others."""

import uuid
from datetime import datetime

from django.db import transaction

from contact_center.audit.actions import AuditAction
from contact_center.tenancy.access import Actor
from conversations.actions.context import Context
from conversations.actions.effects import enters_queue
from conversations.actions.locking import lock_conversations
from conversations.actions.step import Notice, Step
from conversations.actions.write import write
from conversations.models import Conversation, QueueSegment
from conversations.rules import Action
from conversations.states import Phase, SessionClosure, Status, StatusReason
from routing import capacity, desk_line
from routing.kinds import Kind
from routing.presence import presence_changed


def run_due(*, actor: Actor, now: datetime, limit: int = 500) -> int:
    """What is due about the people of the organization in scope: lost desks, work they left, units of a day that ended.

    Returns how many conversations went back to their queues.
    """
    # First, because it waits for people's rows, in their order: the others take rows that are free, in any.
    returned = _return_work(actor, now, limit)
    with transaction.atomic():
        moved = capacity.return_spent(now=now)
        presence_changed(moved.presence_changed or moved.representatives, actor.organization_id)
    with transaction.atomic():
        desk_line.notice_lost_lines(organization_id=actor.organization_id, now=now)
    return returned


def _return_work(actor: Actor, now: datetime, limit: int) -> int:
    gone = desk_line.stayed_away(now)
    if not gone:
        return 0
    # What somebody else is asked to take over waits for the answer.
    left = Conversation.objects.filter(
        representative_id__in=gone, status=Status.ACTIVE, status_reason=StatusReason.IN_CONVERSATION
    ).exclude(kind=Kind.RECORD)
    with transaction.atomic():
        context = Context(actor, Action.RELEASE_OWN, now, uuid.uuid4(), {})
        ids = left.filter(transfer_pending=False).values_list("pk", flat=True)[:limit]
        rows = [row for row in lock_conversations(ids, actor, skip_locked=True) if _is_left(row)]
        away = desk_line.lock_gone({row.representative_id for row in rows if row.representative_id}, now)
        steps = [returns(row, context) for row in rows if row.representative_id in away]
        write(steps, actor=actor, now=now, operation_id=context.operation_id)
        holding = set(left.values_list("representative_id", flat=True))
        desk_line.looked_at(gone, still_holding={pk for pk in holding if pk}, now=now)
    return len(steps)


def _is_left(row: Conversation) -> bool:
    """As the query, of a locked row."""
    return row.phase is Phase.ACTIVE and row.kind != Kind.RECORD and not row.transfer_pending


def returns(conversation: Conversation, context: Context) -> Step:
    step = Step(conversation, AuditAction.REPRESENTATIVE_DISCONNECTED, event="AgentDisconnected")
    enters_queue(step, conversation.queue_id, QueueSegment.Entry.RETURNED, SessionClosure.DISCONNECTED, context.now)
    title = f"{conversation.number} went back to its queue"
    text = f"“{conversation.subject[:120]}”: your desk was disconnected for longer than two and a half minutes."
    step.notify.append(Notice(conversation.representative_id, "disconnected", title, text))
    return step
