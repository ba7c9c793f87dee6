"""What happens to one conversation by itself: overflow, a customer who stays away, an AI agent that hands over."""

import uuid
from collections.abc import Callable
from datetime import datetime

from django.db import transaction

from contact_center.audit.actions import AuditAction
from contact_center.tenancy.access import Actor
from conversations.actions import desk
from conversations.actions.context import Context, load_offers
from conversations.actions.effects import closes, enters_queue
from conversations.actions.locking import lock_conversations
from conversations.actions.offer_notices import overtake_transfer
from conversations.actions.step import Step
from conversations.actions.telling import tell
from conversations.actions.write import write
from conversations.models import Conversation, QueueSegment
from conversations.rules import Action
from conversations.states import Phase, SessionClosure, StatusReason

Judge = Callable[[Conversation], bool]
Plan = Callable[[Conversation, Context], Step]
AWAY_LINE = "The customer was disconnected and did not come back."


def do_one(conversation_id: int, judge: Judge, plan: Plan, *, actor: Actor, now: datetime) -> bool:
    """Judge one conversation under its lock and do what is planned; False where there is nothing to do.

    `judge` raises Refused. An absent or foreign id is left to the caller, who reads it again.
    """
    with transaction.atomic():
        context = Context(actor, Action.RELEASE_OWN, now, uuid.uuid4(), {})
        rows = lock_conversations([conversation_id], actor)
        wanted = [row for row in rows if judge(row)]
        load_offers(context, [row.pk for row in wanted])
        write([plan(row, context) for row in wanted], actor=actor, now=now, operation_id=context.operation_id)
    return bool(wanted)


def moves_by_overflow(conversation: Conversation, queue_id: int, context: Context) -> Step:
    """T28: Open in the queue that the rule names."""
    step = Step(conversation, AuditAction.OVERFLOWED, event="TransferToQueueInitiated")
    enters_queue(step, queue_id, QueueSegment.Entry.OVERFLOW, SessionClosure.OVERFLOW_TRANSFER, context.now)
    return step


def ends_by_overflow(conversation: Conversation, told: str, context: Context) -> Step:
    """T28: Closed; the customer is told why."""
    step = Step(conversation, AuditAction.OVERFLOWED, event="ConversationClose")
    offer = context.offers.get(conversation.pk)
    closes(step, StatusReason.OVERFLOW, SessionClosure.OVERFLOW_END, context.now, pending_offer=offer)
    step.say(told, context.now)
    return step


def customer_stays_away(conversation: Conversation, context: Context) -> Step | None:
    """T9, T10, T13: the reconnect window of a live chat is over. Wrap-up when somebody had accepted, else Closed."""
    offer = context.offers.get(conversation.pk)
    if conversation.phase in (Phase.OPEN, Phase.AWAITING):
        step = Step(conversation, AuditAction.CUSTOMER_LEFT, event="CustomerDisconnected")
        reason, closure = StatusReason.CUSTOMER_LEFT_OPEN, SessionClosure.CUSTOMER_DISCONNECTED
        closes(step, reason, closure, context.now, pending_offer=offer)
    elif conversation.phase is Phase.ACTIVE:
        reason, event = StatusReason.CUSTOMER_DISCONNECTED, "CustomerDisconnectedAgentWaiting"
        step = desk.wraps_up(conversation, context, reason, AuditAction.ENDED, event=event)
    else:
        return None
    step.say(AWAY_LINE, context.now)
    return step


def escalates(conversation: Conversation, context: Context) -> Step:
    """T31: from the AI agent to people, Open in its queue."""
    step = Step(conversation, AuditAction.ESCALATED, event="TransferToQueueInitiated")
    entry, closure = QueueSegment.Entry.ESCALATED, SessionClosure.ESCALATED
    enters_queue(step, conversation.queue_id, entry, closure, context.now)
    tell(step, "One of our colleagues will be with you as soon as possible.", context)
    return step


def elevates(conversation: Conversation, to: str, context: Context) -> Step:
    """To voice or video, for good: from now on a supervisor can't transfer it, so a pending transfer is withdrawn.

    Both sides of it are told.
    """
    step = Step(conversation, AuditAction.ELEVATED, counts_as_version=False, event="AgentStartSecondaryChannel")
    step.fields["elevated_to"] = to
    step.audit_extra = {"elevated_to": to}
    overtake_transfer(step, context.offers.get(conversation.pk), "the conversation was elevated to a call", context)
    return step
