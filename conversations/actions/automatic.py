"""What happens to one conversation by itself: overflow, a customer who stays away, an AI agent that hands over."""

from contact_center.audit.actions import AuditAction
from conversations.actions import desk
from conversations.actions.context import Context
from conversations.actions.effects import closes, enters_queue, withdraw_offer
from conversations.actions.step import Step
from conversations.models import Conversation, QueueSegment
from conversations.states import Phase, SessionClosure, StatusReason

AWAY_LINE = "The customer was disconnected and did not come back."


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
    return step


def elevates(conversation: Conversation, to: str, context: Context) -> Step:
    """To voice or video, for good: from now on a supervisor can't transfer it, so a pending transfer is withdrawn."""
    step = Step(conversation, AuditAction.ELEVATED, counts_as_version=False, event="AgentStartSecondaryChannel")
    step.fields["elevated_to"] = to
    step.audit_extra = {"elevated_to": to}
    withdraw_offer(step, context.offers.get(conversation.pk))
    return step
