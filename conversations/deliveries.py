"""What left the console for a conversation, in words: to where, whether it arrived, what was answered."""

from collections.abc import Hashable
from typing import Any
from urllib.parse import urlsplit

from django.db.models import Count, Q, Sum

from conversations.models import OutboxEntry
from conversations.states import Author
from routing.kinds import WITH_CHAT_PAGE

# The newest; a long conversation has hundreds.
MOST = 50
# What is said on the chat page is read there: it stands in the transcript and never left the console.
SAID_ON_THE_PAGE = Q(
    kind=OutboxEntry.Kind.CUSTOMER_MESSAGE,
    conversation__work_stream__delivery_url="",
    conversation__work_stream__channel__in=WITH_CHAT_PAGE,
) & ~Q(message__author=Author.ORGANIZATION)
STATE_ICONS: dict[str, str] = {
    OutboxEntry.Status.PENDING: "clock",
    OutboxEntry.Status.SENT: "check",
    OutboxEntry.Status.FAILED: "error",
}


def deliveries(conversation_id: int) -> list[dict[str, Any]]:
    """Newest first. One query."""
    rows = OutboxEntry.objects.filter(conversation_id=conversation_id).exclude(SAID_ON_THE_PAGE)
    rows = rows.select_related("conversation__work_stream", "endpoint")
    return [_delivery(row) for row in rows.order_by("-pk")[:MOST]]


def stamp(conversation_id: int) -> Hashable:
    """Changes whenever one of them does. One query."""
    rows = OutboxEntry.objects.filter(conversation_id=conversation_id)
    counted = rows.aggregate(
        rows=Count("pk"), tried=Sum("attempts"), pending=Count("pk", filter=Q(status=OutboxEntry.Status.PENDING))
    )
    return tuple(counted.values())


def _delivery(row: OutboxEntry) -> dict[str, Any]:
    return {
        "what": f"{row.get_kind_display()} {row.event}".strip(),
        "to": _where(row),
        "state": row.status,
        "state_label": row.get_status_display(),
        "icon": STATE_ICONS[row.status],
        "attempts": "1 attempt" if row.attempts == 1 else f"{row.attempts} attempts" if row.attempts else "",
        "answer": row.last_answer,
        "at": (row.sent_at or row.created_at).isoformat(),
    }


def _where(row: OutboxEntry) -> str:
    """An address's host only: its path may hold a token."""
    if row.kind == OutboxEntry.Kind.EMAIL:
        return str(row.payload.get("to", ""))
    if row.kind == OutboxEntry.Kind.EVENT:
        return _host(row.endpoint.url) if row.endpoint else ""
    url = row.conversation.work_stream.delivery_url if row.conversation else ""
    return _host(url) or "chat page and API"


def _host(url: str) -> str:
    return urlsplit(url).hostname or ""
