"""Representatives' verbs: what each does to one conversation (product.md §9, reference.md §2.2)."""

from contact_center.audit.actions import AuditAction
from conversations.actions.context import Context
from conversations.actions.effects import (
    becomes,
    closes,
    enters_queue,
    is_taken_up,
    leaves_session,
    new_primary,
    units_for,
    withdraw_offer,
)
from conversations.actions.offer_notices import overtake_transfer, tell_of_refusal, tell_of_transfer
from conversations.actions.step import Step
from conversations.actions.telling import tell_back, tell_ended, tell_left, tell_taken_up
from conversations.due import once_responded
from conversations.models import Conversation, Message, Offer, QueueSegment, Session
from conversations.states import Author, OfferKind, OfferOutcome, Phase, SessionClosure, Status, StatusReason
from routing.kinds import Presence
from routing.models import Representative, WorkStream


def accept(conversation: Conversation, context: Context) -> Step:
    """T6, or a transfer taken over."""
    offer = context.offers[conversation.pk]
    if conversation.phase is not Phase.AWAITING:
        return _accept_transfer(conversation, offer, context)
    step = Step(conversation, AuditAction.ACCEPTED, event="AgentAccepted")
    step.answer_offer, step.answered = OfferOutcome.ACCEPTED, offer
    is_taken_up(step, context.now)
    step.accept_session = True
    step.primary_joins = True
    step.consultant_leaves = offer.representative_id
    if offer.kind == OfferKind.TRANSFER:
        step.fields["transfer_count"] = conversation.transfer_count + 1
    tell_taken_up(step, offer.representative, context)
    return step


def _accept_transfer(conversation: Conversation, offer: Offer, context: Context) -> Step:
    """The second is primary; from Active the first stays as a consultant until leaving (product.md §6)."""
    step = Step(conversation, AuditAction.TRANSFER_ACCEPTED, event="TransferAgentAcceptSession")
    step.answer_offer, step.answered = OfferOutcome.ACCEPTED, offer
    was_active = conversation.phase is Phase.ACTIVE
    is_taken_up(step, context.now)
    own = _made_by_holder(offer, conversation)
    leaves_session(step, SessionClosure.TRANSFERRED if own else SessionClosure.TRANSFERRED_BY_SUPERVISOR)
    step.consultant_leaves = offer.representative_id
    step.open_session = _accepted_session(conversation, offer.representative_id, context)
    step.free_units()
    step.hold_units(offer.representative_id, offer.units, booked=True)
    step.primary_becomes_consultant = was_active
    reason = "AgentTransfer" if own else "SupervisorTransferToAgent"
    new_primary(step, offer.representative_id, reason, context.now, joined=True)
    step.fields.update(
        representative_id=offer.representative_id,
        transfer_pending=False,
        transfer_count=conversation.transfer_count + 1,
    )
    tell_taken_up(step, offer.representative, context)
    tell_of_transfer(offer, step, context)
    return step


def _made_by_holder(offer: Offer, conversation: Conversation) -> bool:
    """Whether the first representative asked for the transfer, not a supervisor."""
    first = conversation.representative
    return first is not None and first.membership_id is not None and offer.made_by_id == first.membership_id


def reject(conversation: Conversation, context: Context) -> Step:
    """T7."""
    return unanswered(conversation, context, OfferOutcome.REJECTED, SessionClosure.REJECTED, AuditAction.REJECTED)


def unanswered(
    conversation: Conversation, context: Context, outcome: OfferOutcome, closure: SessionClosure, audit: AuditAction
) -> Step:
    """T7, T8: back to Open in the same queue; a pending transfer just ends and nothing else changes."""
    offer = context.offers[conversation.pk]
    step = Step(conversation, audit, audit_extra={"offered_to": offer.representative_id})
    withdraw_offer(step, offer, outcome)
    tell_of_refusal(offer, step, outcome, context)
    step.forces_presence = presence_after(offer, outcome, conversation.work_stream, context)
    if conversation.phase is not Phase.AWAITING:
        return step
    becomes(step, Status.OPEN, StatusReason.AWAITING_ASSIGNMENT, context.now)
    step.fields.update(representative_id=None, decline_count=conversation.decline_count + 1)
    step.free_units()
    step.primary_leaves = closure
    leaves_session(step, closure)
    step.open_session = Session(conversation_id=conversation.pk, queue_id=conversation.queue_id, opened_at=context.now)
    return step


def presence_after(offer: Offer, outcome: OfferOutcome, stream: WorkStream, context: Context) -> dict[int, Presence]:
    """A reject makes it Do not disturb, a missed offer Inactive, where the organization wants that (reference.md §1.7).

    Not where the work stream offers to such presences: it would change nothing.
    """
    allowed = set(stream.allowed_presences)
    if outcome == OfferOutcome.REJECTED:
        wanted, presence, allows = context.settings.reject_sets_do_not_disturb, Presence.DO_NOT_DISTURB, allowed
    else:
        # To somebody who is Inactive, a work stream that allows Away may offer.
        wanted, presence = context.settings.missed_offer_sets_inactive, Presence.INACTIVE
        allows = allowed | ({Presence.INACTIVE} if Presence.AWAY in allowed else set())
    return {offer.representative_id: presence} if wanted and presence not in allows else {}


def pick(conversation: Conversation, context: Context) -> Step:
    """T3: taken from the queue by the representative's own choice, beyond the free units if need be."""
    representative = context.own_representative()
    step = Step(conversation, AuditAction.PICKED, event="AgentAccepted")
    is_taken_up(step, context.now)
    step.fields["representative_id"] = representative.pk
    step.offer_session_to = representative.pk
    step.offer_segment = True
    step.accept_session = True
    step.consultant_leaves = representative.pk
    new_primary(step, representative.pk, "AgentPick", context.now, joined=True)
    step.hold_units(representative.pk, units_for(conversation, representative))
    tell_taken_up(step, representative, context)
    return step


def reopen(conversation: Conversation, context: Context) -> Step:
    """T20: the representative who left it to wait takes it up again."""
    representative = context.own_representative()
    step = Step(conversation, AuditAction.REOPENED)
    becomes(step, Status.ACTIVE, StatusReason.IN_CONVERSATION, context.now)
    step.open_session = _accepted_session(conversation, representative.pk, context)
    new_primary(step, representative.pk, "AgentConversationRejoin", context.now, joined=True)
    step.hold_units(representative.pk, units_for(conversation, representative))
    tell_back(step, representative, context)
    return step


def reply(conversation: Conversation, context: Context) -> Step:
    """What the representative writes to the customer; the first one is the first response."""
    step = _says(conversation, context, Message.Visibility.PUBLIC)
    step.fields["unanswered_since"] = None
    if conversation.first_response_at is None:
        step.fields["first_response_at"] = context.now
        step.fields.update(once_responded(conversation.created_at, conversation.resolution_due_at))
    return step


def internal_note(conversation: Conversation, context: Context) -> Step:
    """For colleagues; it never reaches the customer, by any path."""
    return _says(conversation, context, Message.Visibility.INTERNAL)


def _says(conversation: Conversation, context: Context, visibility: Message.Visibility) -> Step:
    step = Step(conversation, audit=None, counts_as_version=False)
    step.messages.append(
        Message(
            conversation_id=conversation.pk,
            author=Author.REPRESENTATIVE,
            representative_id=context.actor.representative_id,
            membership_id=context.actor.membership_id,
            visibility=visibility,
            text=context.text,
            external_id=context.said_once(conversation.pk),
            created_at=context.now,
        )
    )
    return step


def leave_waiting(conversation: Conversation, context: Context) -> Step:
    """T14: units are freed; the conversation keeps the name of who left it."""
    step = Step(conversation, AuditAction.LEFT_WAITING)
    becomes(step, Status.WAITING, StatusReason.AWAITING_CUSTOMER, context.now)
    leaves_session(step, SessionClosure.MOVED_TO_WAITING)
    step.primary_leaves = SessionClosure.MOVED_TO_WAITING
    step.free_units()
    tell_left(step, "Write here whenever you like; somebody will answer.", context)
    return step


def release_own(conversation: Conversation, context: Context) -> Step:
    """T17."""
    step = Step(conversation, AuditAction.RELEASED)
    why = "the conversation was released to its queue"
    overtake_transfer(step, context.offers.get(conversation.pk), why, context)
    enters_queue(step, conversation.queue_id, QueueSegment.Entry.RETURNED, SessionClosure.RELEASED, context.now)
    tell_left(step, "Somebody else will be with you as soon as possible.", context)
    return step


def end(conversation: Conversation, context: Context) -> Step:
    """T11; what an AI agent ends was ended by an AI agent."""
    by_ai_agent = _ai_agent_holds(conversation)
    reason = StatusReason.ENDED_BY_AI_AGENT if by_ai_agent else StatusReason.ENDED_BY_REPRESENTATIVE
    step = wraps_up(conversation, context, reason, AuditAction.ENDED, event="PrimaryAgentEndConversation")
    tell_ended(step, context)
    return step


def _ai_agent_holds(conversation: Conversation) -> bool:
    holder = conversation.representative
    return holder is not None and holder.type == Representative.Type.AI_AGENT


# How the session of an AI agent closes, by the reason.
WITHOUT_WRAP_UP = {
    StatusReason.ENDED_BY_AI_AGENT: SessionClosure.AI_AGENT_ENDED,
    StatusReason.ENDED_BY_CUSTOMER: SessionClosure.CUSTOMER_ENDED,
    StatusReason.CUSTOMER_DISCONNECTED: SessionClosure.CUSTOMER_DISCONNECTED,
    StatusReason.AUTO_CLOSED: SessionClosure.AUTO_CLOSED,
}


def wraps_up(
    conversation: Conversation, context: Context, reason: StatusReason, audit: AuditAction, *, event: str
) -> Step:
    """T11, T12, T13: the talk is over; units are held by the work stream's rule. An AI agent has nothing to wrap up."""
    step = Step(conversation, audit, event=event)
    if _ai_agent_holds(conversation):
        offer = context.offers.get(conversation.pk)
        closes(step, reason, WITHOUT_WRAP_UP[reason], context.now, pending_offer=offer)
        return step
    becomes(step, Status.WRAP_UP, reason, context.now)
    step.fields["unanswered_since"] = None
    overtake_transfer(step, context.offers.get(conversation.pk), "the talk has ended", context)
    if conversation.work_stream.wrap_up_rule == WorkStream.WrapUpRule.NEVER:
        step.free_units()
    return step


def wrap_up_done(conversation: Conversation, context: Context) -> Step:
    """T24."""
    step = Step(conversation, AuditAction.WRAP_UP_DONE, event="ConversationClose")
    reason = StatusReason(conversation.status_reason)
    closes(step, reason, SessionClosure.REPRESENTATIVE_ENDED, context.now, pending_offer=None)
    if context.disposition:
        step.fields["disposition_id"] = context.disposition.pk
    return step


def resolve(conversation: Conversation, context: Context) -> Step:
    """T29: the record was resolved."""
    step = Step(conversation, AuditAction.RESOLVED, event="ConversationClose")
    closes(
        step,
        StatusReason.RESOLVED,
        SessionClosure.CONVERSATION_CLOSED,
        context.now,
        pending_offer=context.offers.get(conversation.pk),
    )
    return step


def leave_consultation(conversation: Conversation, context: Context) -> Step:
    """The first representative of a transfer, who stayed as a consultant, goes; nothing else changes."""
    step = Step(conversation, AuditAction.LEFT, counts_as_version=False)
    step.consultant_leaves = context.actor.representative_id
    step.say(f"{context.actor.name} left the conversation.", context.now, internal=True)
    return step


def _accepted_session(conversation: Conversation, representative_id: int, context: Context) -> Session:
    return Session(
        conversation_id=conversation.pk,
        queue_id=conversation.queue_id,
        representative_id=representative_id,
        opened_at=context.now,
        offered_at=context.now,
        accepted_at=context.now,
    )
