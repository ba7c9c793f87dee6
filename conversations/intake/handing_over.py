"""From an AI agent to people, and from text to a call: what the organization's own systems report."""

from datetime import datetime

from contact_center.errors import NotFound, Refused
from contact_center.tenancy.access import Actor
from conversations.actions import automatic
from conversations.actions.automatic import do_one
from conversations.actions.overflow import admit
from conversations.models import Conversation, QueueSegment
from conversations.rules import sentence_of
from conversations.states import Phase
from routing.kinds import Kind
from routing.models import Representative


def escalate(conversation_id: int, *, actor: Actor, now: datetime) -> Conversation:
    """T31: Open in its queue, for people. Once it has been handed over, the same call changes nothing.

    Raises NotFound, or Refused with the reason.
    """

    def judge(row: Conversation) -> bool:
        if row.phase is Phase.CLOSED:
            raise _refused("is_closed")
        if row.representative is not None and row.representative.type == Representative.Type.AI_AGENT:
            if row.phase is not Phase.ACTIVE:
                raise _refused(f"is_{row.phase.value}")
            return True
        if QueueSegment.objects.filter(conversation_id=row.pk, entry=QueueSegment.Entry.ESCALATED).exists():
            return False
        raise _refused("no_ai_agent_holds_it")

    if do_one(conversation_id, judge, automatic.escalates, actor=actor, now=now):
        admit([conversation_id], actor=actor, now=now)
    return _found(conversation_id)


def elevate(conversation_id: int, to: str, *, actor: Actor, now: datetime) -> Conversation:
    """To voice or video, while somebody is in conversation. The same again changes nothing.

    Raises NotFound, or Refused with the reason.
    """

    def judge(row: Conversation) -> bool:
        if row.kind != Kind.MESSAGING:
            raise _refused("record_not_possible" if row.kind == Kind.RECORD else "voice_not_possible")
        if row.phase is not Phase.ACTIVE:
            raise _refused(f"is_{row.phase.value}")
        return row.elevated_to != to

    do_one(conversation_id, judge, lambda row, context: automatic.elevates(row, to, context), actor=actor, now=now)
    return _found(conversation_id)


def _found(conversation_id: int) -> Conversation:
    row = Conversation.objects.filter(pk=conversation_id).first()
    if row is None:
        raise NotFound("There is no such conversation.")
    return row


def _refused(code: str) -> Refused:
    return Refused(sentence_of(code), code=code)
