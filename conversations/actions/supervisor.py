"""Supervisors' verbs: what each does to one conversation (product.md §6, reference.md §2.2)."""

from datetime import timedelta

from contact_center.audit.actions import AuditAction
from contact_center.errors import Refused
from conversations.actions.context import Context
from conversations.actions.effects import closes, enters_queue, leaves_session, new_primary, units_for, withdraw_offer
from conversations.actions.step import Notice, Step
from conversations.actions.telling import tell_left, tell_passed_on
from conversations.models import Conversation, Offer, QueueSegment, Session
from conversations.rules.targets import why_not_queue, why_not_representative
from conversations.states import OfferKind, Phase, SessionClosure, Status, StatusReason
from routing.models import Queue, Representative

FORCE_CLOSED_LINE = "A supervisor ended the conversation."


def force_close(conversation: Conversation, context: Context) -> Step:
    """T26: Closed at once, without wrap-up; customer and representative are told that a supervisor ended it."""
    step = Step(conversation, AuditAction.FORCE_CLOSED, event="SupervisorForceClosedConversation")
    closes(
        step,
        StatusReason.FORCE_CLOSED,
        SessionClosure.FORCE_CLOSED,
        context.now,
        pending_offer=context.offers.get(conversation.pk),
    )
    step.fields["force_close_reason_id"] = context.reason.pk
    step.audit_extra = {"force_close_reason_id": context.reason.pk}
    step.say(FORCE_CLOSED_LINE, context.now)
    if conversation.representative_id:
        step.notify.append(
            Notice(
                conversation.representative_id,
                "force_closed",
                f"{conversation.number} was ended by a supervisor",
                f"{context.actor.name} force closed “{conversation.subject[:120]}”. Reason: {context.reason.label}.",
            )
        )
    return step


def assign_to_queue(conversation: Conversation, context: Context) -> Step:
    """T5: stays Open, in another queue."""
    queue = target_queue(conversation, context)
    step = Step(conversation, AuditAction.ASSIGNED_TO_QUEUE)
    enters_queue(step, queue.pk, QueueSegment.Entry.ASSIGNED, SessionClosure.ASSIGNED_TO_QUEUE, context.now)
    return step


def transfer_to_queue(conversation: Conversation, context: Context) -> Step:
    """T18: Open in another queue; whoever held it is freed."""
    queue = target_queue(conversation, context)
    step = Step(conversation, AuditAction.TRANSFERRED_TO_QUEUE, event="TransferToQueueInitiated")
    withdraw_offer(step, context.offers.get(conversation.pk))
    enters_queue(step, queue.pk, QueueSegment.Entry.TRANSFER, SessionClosure.TRANSFERRED_TO_QUEUE, context.now)
    tell_passed_on(step, context)
    step.fields["transfer_count"] = conversation.transfer_count + 1
    return step


def assign_to_representative(conversation: Conversation, context: Context) -> Step:
    """T4: an offer; Active, awaiting acceptance. A supervisor may go beyond the representative's free units."""
    person = target_representative(conversation, context)
    step = offer_to(conversation, person, context, kind=OfferKind.ASSIGN, override=True)
    step.audit_extra = exceeding(person, units_for(conversation, person))
    return step


def transfer_to_representative(conversation: Conversation, context: Context) -> Step:
    """T19, T22: an offer to the second representative. Until it is accepted nothing else changes.

    From Active awaiting acceptance the first offer is withdrawn and the new one takes its place.
    """
    second = target_representative(conversation, context)
    if conversation.phase is Phase.AWAITING:
        return _offered_anew(conversation, second, context)
    units = units_for(conversation, second)
    step = Step(
        conversation,
        AuditAction.TRANSFERRED_TO_REPRESENTATIVE,
        event="TransferToAgentInitiated",
        audit_extra={"offered_to": second.pk, **exceeding(second, units)},
    )
    step.fields["transfer_pending"] = True
    step.capacity[second.pk] = units
    step.new_offer = _offer(conversation, second, context, OfferKind.TRANSFER, units)
    _takes_on(second, units)
    return step


def _offered_anew(conversation: Conversation, second: Representative, context: Context) -> Step:
    step = offer_to(conversation, second, context, kind=OfferKind.TRANSFER, override=True)
    step.audit_extra = exceeding(second, units_for(conversation, second))
    _takes_on(second, units_for(conversation, second))
    step.audit = AuditAction.TRANSFERRED_TO_REPRESENTATIVE
    withdraw_offer(step, context.offers.get(conversation.pk))
    leaves_session(step, SessionClosure.TRANSFERRED_BY_SUPERVISOR)
    step.offer_session_to = None
    step.open_session = Session(
        conversation_id=conversation.pk,
        queue_id=conversation.queue_id,
        representative_id=second.pk,
        opened_at=context.now,
        offered_at=context.now,
    )
    step.primary_leaves = SessionClosure.WITHDRAWN
    if conversation.representative_id and conversation.units_held:
        first = conversation.representative_id
        step.capacity[first] = step.capacity.get(first, 0) - conversation.units_held
    return step


def release(conversation: Conversation, context: Context) -> Step:
    """T17 for records: back in the same queue for anyone to pick; the representative is told."""
    step = Step(conversation, AuditAction.RELEASED)
    withdraw_offer(step, context.offers.get(conversation.pk))
    enters_queue(step, conversation.queue_id, QueueSegment.Entry.RETURNED, SessionClosure.RELEASED, context.now)
    if conversation.representative_id:
        step.notify.append(
            Notice(
                conversation.representative_id,
                "released",
                f"{conversation.number} was released",
                f"{context.actor.name} released “{conversation.subject[:120]}” to its queue.",
            )
        )
    return step


def return_to_queue(conversation: Conversation, context: Context) -> Step:
    """T17 for all that one person holds: back in the same queue, to be offered anew; the person is told once."""
    step = Step(conversation, AuditAction.RELEASED)
    withdraw_offer(step, context.offers.get(conversation.pk))
    enters_queue(step, conversation.queue_id, QueueSegment.Entry.RETURNED, SessionClosure.RELEASED, context.now)
    if conversation.phase is Phase.ACTIVE:
        tell_left(step, "Somebody else will be with you as soon as possible.", context)
    title = "Conversations of yours went back to their queues"
    text = f"{context.actor.name} returned them, so that others can take them up."
    step.notify.append(Notice(conversation.representative_id, "returned", title, text, about_run=True))
    return step


def remove(conversation: Conversation, context: Context) -> Step:
    """Gone from queue and list; the case, e-mail or activity itself is untouched."""
    step = Step(conversation, AuditAction.REMOVED, audit_extra={"removed": True})
    closes(
        step,
        StatusReason.REMOVED,
        SessionClosure.CONVERSATION_CLOSED,
        context.now,
        pending_offer=context.offers.get(conversation.pk),
    )
    if conversation.representative_id:
        step.notify.append(
            Notice(
                conversation.representative_id,
                "removed",
                f"{conversation.number} was removed",
                f"{context.actor.name} removed “{conversation.subject[:120]}” from its queue.",
            )
        )
    return step


def offer_to(
    conversation: Conversation,
    representative: Representative,
    context: Context,
    *,
    kind: OfferKind,
    override: bool,
) -> Step:
    """T2, T4: units are reserved now, returned on reject or time-out."""
    units = units_for(conversation, representative)
    step = Step(
        conversation, AuditAction.OFFERED if kind == OfferKind.ROUTING else AuditAction.ASSIGNED_TO_REPRESENTATIVE
    )
    step.new_offer = _offer(conversation, representative, context, kind, units)
    step.fields.update(
        status=Status.ACTIVE,
        status_reason=StatusReason.AWAITING_ACCEPTANCE,
        status_since=context.now,
        representative_id=representative.pk,
        due_at=step.new_offer.expires_at,
    )
    step.event = "AgentAssigned"
    step.offer_session_to = representative.pk
    step.offer_segment = True
    new_primary(step, representative.pk, "SupervisorAssign" if override else "Routed", context.now, joined=False)
    step.hold_units(representative.pk, units, booked=not override)
    return step


def _takes_on(representative: Representative, units: int) -> None:
    """In memory: the next one of the same run is offered on top of this one, and says by how much that exceeds."""
    representative.units_used += units


def exceeding(representative: Representative, units: int) -> dict[str, int]:
    """By how many units the representative's total is exceeded with these, for the record; empty when it isn't."""
    over = representative.units_used + units - representative.total_units
    return {"exceeds_by": over} if units and over > 0 else {}


def _offer(
    conversation: Conversation, representative: Representative, context: Context, kind: OfferKind, units: int
) -> Offer:
    return Offer(
        conversation_id=conversation.pk,
        representative_id=representative.pk,
        kind=kind,
        made_by_id=context.actor.membership_id,
        units=units,
        offered_at=context.now,
        expires_at=context.now + timedelta(seconds=conversation.work_stream.offer_seconds),
        operation_id=context.operation_id,
    )


def target_queue(conversation: Conversation, context: Context) -> Queue:
    """The chosen queue, if it can take this conversation. Raises Refused."""
    refusal = why_not_queue(context.queue, conversation, has_members=context.queue_has_members)
    if refusal is not None:
        raise Refused(refusal.sentence, code=refusal.code)
    return context.queue


def target_representative(conversation: Conversation, context: Context) -> Representative:
    """The chosen representative, if it can be offered to them. Raises Refused."""
    if refusal := why_not_representative(context.representative, conversation):
        raise Refused(refusal.sentence, code=refusal.code)
    return context.representative
