"""What a customer may read of a conversation: its public messages, and nothing else by any path."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from conversations.chat.visitors import token_in
from conversations.models import Message
from conversations.states import Author

LINES_SHOWN = 500


@dataclass(frozen=True, slots=True)
class Line:
    """`token` is the name under which the customer's page sent it."""

    id: int
    side: str
    name: str
    text: str
    at: datetime
    token: str = ""


def public_messages(conversation_id: int) -> QuerySet[Message]:
    return Message.objects.filter(conversation_id=conversation_id, visibility=Message.Visibility.PUBLIC)


def newest_ids(conversation_id: int) -> list[int]:
    """The last ones, the oldest of them first. One query."""
    rows = public_messages(conversation_id).order_by("-pk").values_list("pk", flat=True)[:LINES_SHOWN]
    return list(rows)[::-1]


def lines(conversation_id: int, ids: Collection[int], organization_name: str) -> dict[int, Line]:
    """One query. An id of another conversation, or of an internal message, has no line."""
    rows = public_messages(conversation_id).filter(pk__in=ids).select_related("representative", "membership__user")
    return {row.pk: _line(row, organization_name) for row in rows}


def _line(message: Message, organization_name: str) -> Line:
    if message.author == Author.CUSTOMER:
        own = token_in(message.external_id)
        return Line(message.pk, "customer", "You", message.text, message.created_at, own)
    if message.author == Author.SYSTEM:
        return Line(message.pk, "system", "", message.text, message.created_at)
    return Line(message.pk, "service", _author(message, organization_name), message.text, message.created_at)


def _author(message: Message, organization_name: str) -> str:
    """A message of the organization stands under its name alone; who sent it is nobody's business outside."""
    if message.author == Author.ORGANIZATION:
        return organization_name
    if message.representative is not None:
        return message.representative.name
    return str(message.membership) if message.membership is not None else "Service"
