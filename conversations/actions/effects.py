"""Effects that several verbs share: entering a queue, being held, closing. Each adds to a Step."""

from datetime import datetime, timedelta

from conversations.actions.step import Step
from conversations.models import Conversation, Offer, Participant, QueueSegment, Session
from conversations.states import IN_SESSION, OfferOutcome, SessionClosure, Status, StatusReason
from routing.kinds import Kind
from routing.models import Representative, WorkStream


def due(work_stream: WorkStream, status: Status, now: datetime) -> datetime | None:
    """When the next timer of this status runs out (reference.md §2.3); None when none runs."""
    seconds = {
        Status.OPEN: work_stream.open_auto_close_seconds,
        Status.ACTIVE: work_stream.active_auto_close_seconds,
        Status.WAITING: work_stream.waiting_auto_close_seconds,
        Status.WRAP_UP: _wrap_up_seconds(work_stream),
    }.get(status)
    return None if seconds is None else now + timedelta(seconds=seconds)


def _wrap_up_seconds(work_stream: WorkStream) -> int | None:
    if work_stream.wrap_up_rule == WorkStream.WrapUpRule.FOR_A_WHILE:
        return work_stream.wrap_up_hold_seconds
    return work_stream.wrap_up_auto_close_seconds


def units_for(conversation: Conversation, representative: Representative) -> int:
    """Units the conversation takes of this representative; AI agents have no capacity to take."""
    if representative.type == Representative.Type.AI_AGENT:
        return 0
    return conversation.work_stream.units_per_conversation


def becomes(step: Step, status: Status, reason: StatusReason, now: datetime) -> None:
    step.fields.update(
        status=status, status_reason=reason, status_since=now, due_at=due(step.conversation.work_stream, status, now)
    )


def leaves_session(step: Step, closure: SessionClosure) -> None:
    if step.conversation.status in IN_SESSION:
        step.close_session = closure


def enters_queue(step: Step, queue_id: int, entry: QueueSegment.Entry, closure: SessionClosure, now: datetime) -> None:
    """Open in a queue, nobody assigned: a new stay, a new session, the wait starts again."""
    conversation = step.conversation
    becomes(step, Status.OPEN, StatusReason.AWAITING_ASSIGNMENT, now)
    step.fields.update(queue_id=queue_id, representative_id=None, queued_at=now, accepted_at=None, next_pass_at=None)
    if entry != QueueSegment.Entry.OVERFLOW:
        # Somebody brought it here, the customer included: routing tries again from the beginning.
        step.fields["decline_count"] = 0
    leaves_session(step, closure)
    step.open_session = Session(conversation_id=conversation.pk, queue_id=queue_id, opened_at=now)
    step.close_segment = closure
    step.open_segment = QueueSegment(
        conversation_id=conversation.pk,
        queue_id=queue_id,
        source_queue_id=conversation.queue_id if queue_id != conversation.queue_id else None,
        entered_at=now,
        entry=entry,
    )
    step.primary_leaves = closure
    step.free_units()


def is_taken_up(step: Step, now: datetime) -> None:
    """Somebody accepted: the wait freezes."""
    becomes(step, Status.ACTIVE, StatusReason.IN_CONVERSATION, now)
    step.fields["accepted_at"] = now
    if step.conversation.first_accepted_at is None:
        step.fields["first_accepted_at"] = now
    step.accept_segment = True


def new_primary(step: Step, representative_id: int, reason: str, now: datetime, *, joined: bool) -> None:
    step.new_participants.append(
        Participant(
            conversation_id=step.conversation.pk,
            representative_id=representative_id,
            mode=Participant.Mode.PRIMARY,
            added_at=now,
            joined_at=now if joined else None,
            assign_reason=reason,
        )
    )


def withdraw_offer(step: Step, offer: Offer | None, outcome: OfferOutcome = OfferOutcome.WITHDRAWN) -> None:
    """End the pending offer, if there is one. A transfer's offer holds units of its own; give them back."""
    if offer is None:
        return
    step.answer_offer, step.answered = outcome, offer
    if step.conversation.transfer_pending:
        step.fields["transfer_pending"] = False
        step.capacity[offer.representative_id] = step.capacity.get(offer.representative_id, 0) - offer.units


def _never_answered(conversation: Conversation) -> bool:
    """Abandoned: nobody ever accepted it. What an AI agent held to the end is not (METRICS)."""
    held_by = conversation.representative
    deflected = held_by is not None and held_by.type == Representative.Type.AI_AGENT
    return conversation.kind != Kind.RECORD and conversation.first_accepted_at is None and not deflected


def closes(
    step: Step, reason: StatusReason, closure: SessionClosure, now: datetime, *, pending_offer: Offer | None
) -> None:
    """Closed for good: sessions, stays, participants and units end. Abandoned when nobody ever accepted (METRICS)."""
    conversation = step.conversation
    step.fields.update(
        status=Status.CLOSED,
        status_reason=reason,
        status_since=now,
        closed_at=now,
        due_at=None,
        transfer_pending=False,
        unanswered_since=None,
        is_abandoned=_never_answered(conversation),
    )
    leaves_session(step, closure)
    step.close_segment = closure
    step.everybody_leaves = closure
    withdraw_offer(step, pending_offer)
    step.fields["transfer_pending"] = False
    step.free_units()
