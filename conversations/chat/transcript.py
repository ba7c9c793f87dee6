"""What a customer sees of a conversation: public messages and one line of state, never anything internal."""

from dataclasses import dataclass
from datetime import datetime

from conversations.models import Conversation, Message
from conversations.states import Author, Phase
from routing.kinds import Mode


@dataclass(frozen=True, slots=True)
class Line:
    side: str
    name: str
    text: str
    at: datetime


def transcript(conversation: Conversation, organization_name: str) -> list[Line]:
    """Public messages in order. One query."""
    rows = Message.objects.filter(conversation=conversation, visibility=Message.Visibility.PUBLIC)
    return [_line(row, organization_name) for row in rows.select_related("representative").order_by("pk")]


def _line(message: Message, organization_name: str) -> Line:
    if message.author == Author.CUSTOMER:
        return Line("customer", "You", message.text, message.created_at)
    if message.author == Author.SYSTEM:
        return Line("system", "", message.text, message.created_at)
    if message.author == Author.ORGANIZATION:
        return Line("service", organization_name, message.text, message.created_at)
    name = message.representative.name if message.representative else "Service"
    return Line("service", name, message.text, message.created_at)


def state_line(conversation: Conversation) -> str:
    """Where things stand, in the customer's words."""
    phase = conversation.phase
    if phase is Phase.CLOSED or phase is Phase.WRAP_UP:
        return "This conversation has ended."
    if phase is Phase.ACTIVE and conversation.representative:
        return f"You are talking to {conversation.representative.name}."
    if conversation.mode == Mode.PERSISTENT:
        return "We have your message. You can close this page and come back to it."
    ahead = Conversation.objects.filter(
        queue_id=conversation.queue_id, status="open", queued_at__lt=conversation.queued_at
    ).count()
    return "You are next in line." if ahead == 0 else f"{ahead} before you in line."
