"""Verbs of a supervisor who watches: monitor, join as a consultant, write, leave, take over (product.md §6)."""

from contact_center.audit.actions import AuditAction
from conversations.actions.context import Context
from conversations.actions.effects import due, is_taken_up, leaves_session, new_primary, units_for
from conversations.actions.step import Departure, Notice, Step
from conversations.actions.supervisor import exceeding
from conversations.models import Conversation, Message, Participant, Session
from conversations.rules import Action
from conversations.states import Author, Phase, SessionClosure, Status
from routing.kinds import Kind

MONITOR, CONSULT = Participant.Mode.MONITOR, Participant.Mode.CONSULT
# Why a row of the ledger was begun.
MONITORING, READING = "SupervisorMonitor", "SupervisorReadClosed"
# Why it ended.
STOPPED, PAGE_LEFT, RIGHT_ENDED, TOOK_OVER = "Stopped", "PageLeft", "RightEnded", "TookOver"


def monitor(conversation: Conversation, context: Context) -> Step:
    """Receive-only, without capacity; several tabs of one person are one row. The auto-close clock starts again."""
    if _is_monitoring(conversation):
        return Step(conversation, audit=None, counts_as_version=False)
    step = Step(conversation, AuditAction.MONITORING_STARTED, counts_as_version=False)
    step.new_participants.append(_ledger_row(conversation, context, MONITORING))
    if conversation.phase is Phase.ACTIVE and conversation.due_at is not None:
        step.fields["due_at"] = due(conversation.work_stream, Status.ACTIVE, context.now)
    return step


def read_transcript(conversation: Conversation, context: Context) -> Step:
    """Of a Closed conversation; in the ledger like monitoring."""
    if _is_monitoring(conversation):
        return Step(conversation, audit=None, counts_as_version=False)
    step = Step(conversation, AuditAction.TRANSCRIPT_READ, counts_as_version=False)
    step.new_participants.append(_ledger_row(conversation, context, READING))
    return step


def _is_monitoring(conversation: Conversation) -> bool:
    # Annotated by rules.needed.
    return bool(getattr(conversation, "monitored_by_actor", False))


def _has_joined(conversation: Conversation) -> bool:
    return bool(getattr(conversation, "joined_by_actor", False))


def _ledger_row(conversation: Conversation, context: Context, reason: str) -> Participant:
    return Participant(
        conversation_id=conversation.pk,
        membership_id=context.actor.membership_id,
        mode=MONITOR,
        added_at=context.now,
        joined_at=context.now,
        seen_at=context.now,
        assign_reason=reason,
    )


def stop_monitoring(conversation: Conversation, context: Context) -> Step:
    return ends(conversation, context, STOPPED)


def ends(conversation: Conversation, context: Context, reason: str) -> Step:
    """The actor's monitoring is over, and with it what they were in as a consultant."""
    joined = _has_joined(conversation)
    # That the transcript of a closed conversation was opened stands in the log; when the page was left, in the ledger.
    audit = None if conversation.phase is Phase.CLOSED else AuditAction.MONITORING_ENDED
    step = Step(conversation, audit, counts_as_version=False, audit_extra={"ended": reason})
    both = frozenset({MONITOR, CONSULT})
    step.departure = Departure(context.actor.membership_id or 0, both, reason, when_seen_last=reason == PAGE_LEFT)
    if joined:
        step.event = "ConsultAgentLeftPublicConversation"
        _tell(step, f"{context.actor.name} left the conversation.", context)
    return step


def join(conversation: Conversation, context: Context) -> Step:
    """A consultant beside the representative, who is told by name, as is the customer while the talk goes on."""
    step = Step(conversation, AuditAction.JOINED, counts_as_version=False, event="AgentJoinedCustomerConversation")
    step.new_participants.append(
        Participant(
            conversation_id=conversation.pk,
            membership_id=context.actor.membership_id,
            mode=CONSULT,
            added_at=context.now,
            joined_at=context.now,
            assign_reason="SupervisorJoin",
        )
    )
    _tell(step, f"{context.actor.name} joined as a consultant.", context)
    if conversation.representative_id:
        text = f"{context.actor.name} joined “{conversation.subject[:120]}” as a consultant."
        title = f"{context.actor.name[:60]} joined {conversation.number}"
        step.notify.append(Notice(conversation.representative_id, "joined", title, text))
    return step


def leave(conversation: Conversation, context: Context) -> Step:
    """No longer a consultant; monitoring goes on."""
    step = Step(conversation, AuditAction.LEFT, counts_as_version=False, event="ConsultAgentLeftPublicConversation")
    step.departure = Departure(context.actor.membership_id or 0, frozenset({CONSULT}), STOPPED)
    _tell(step, f"{context.actor.name} left the conversation.", context)
    return step


def _tell(step: Step, text: str, context: Context) -> None:
    """A customer who isn't talking any more, or is on the phone, isn't written to."""
    conversation = step.conversation
    talking = conversation.kind == Kind.MESSAGING and conversation.phase is Phase.ACTIVE
    step.say(text, context.now, internal=not talking)


def consultant_note(conversation: Conversation, context: Context) -> Step:
    """For the representative and other consultants; it never reaches the customer, by any path."""
    return _says(conversation, context, Message.Visibility.INTERNAL)


def consultant_message(conversation: Conversation, context: Context) -> Step:
    """To the customer as well. The representative still owes the reply."""
    return _says(conversation, context, Message.Visibility.PUBLIC)


def _says(conversation: Conversation, context: Context, visibility: Message.Visibility) -> Step:
    step = Step(conversation, AuditAction.CONSULTANT_WROTE, counts_as_version=False)
    step.audit_extra = {"visibility": visibility.value}
    step.messages.append(
        Message(
            conversation_id=conversation.pk,
            author=Author.SUPERVISOR,
            membership_id=context.actor.membership_id,
            visibility=visibility,
            text=context.text,
            external_id=context.said_once(conversation.pk),
            created_at=context.now,
        )
    )
    return step


def take_over(conversation: Conversation, context: Context) -> Step:
    """The supervisor is primary at once, beyond the free units if need be; from Active the first is consultant."""
    me = context.own_representative()
    units = units_for(conversation, me)
    was_active = conversation.phase is Phase.ACTIVE
    step = Step(conversation, AuditAction.TAKEN_OVER, event="TransferAgentAcceptSession")
    step.audit_extra = exceeding(me, units)
    is_taken_up(step, context.now)
    leaves_session(step, SessionClosure.TRANSFERRED_BY_SUPERVISOR)
    step.open_session = Session(
        conversation_id=conversation.pk,
        queue_id=conversation.queue_id,
        representative_id=me.pk,
        opened_at=context.now,
        offered_at=context.now,
        accepted_at=context.now,
    )
    step.free_units()
    step.hold_units(me.pk, units)
    step.primary_becomes_consultant = was_active
    step.consultant_leaves = me.pk
    new_primary(step, me.pk, "SupervisorTakeOver", context.now, joined=True)
    step.departure = Departure(context.actor.membership_id or 0, frozenset({MONITOR, CONSULT}), TOOK_OVER)
    step.fields.update(representative_id=me.pk, transfer_count=conversation.transfer_count + 1)
    step.say(f"{me.name} has taken over the conversation.", context.now, internal=not was_active)
    if conversation.representative_id:
        text = f"{context.actor.name} took “{conversation.subject[:120]}” over and holds it now."
        title = f"{context.actor.name[:60]} took over {conversation.number}"
        step.notify.append(Notice(conversation.representative_id, "taken_over", title, text))
    return step


PLANS = {
    Action.MONITOR: monitor,
    Action.STOP_MONITORING: stop_monitoring,
    Action.READ_TRANSCRIPT: read_transcript,
    Action.JOIN: join,
    Action.LEAVE: leave,
    Action.CONSULTANT_NOTE: consultant_note,
    Action.CONSULTANT_MESSAGE: consultant_message,
    Action.TAKE_OVER: take_over,
}
