"""A notification as the bell and the page print it."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.urls import reverse

from contact_center.tenancy.access import Actor
from contact_center.tenancy.roles import Right
from conversations.models import Notification

ICONS: dict[str, str] = {
    "offer_rejected": "ban",
    "offer_timed_out": "clock",
    "transfer_accepted": "check",
    "transfer_withdrawn": "ban",
    "force_closed": "force-close",
    "released": "queue",
    "returned": "queue",
    "changed_by_supervisor": "user",
    "removed": "close",
    "disconnected": "alert",
}

# Kinds that lead elsewhere than to their conversation; the app that owns the page fills this in when it is ready.
# Called once for all rows of the kind: addresses by the notification's id.
Links = Callable[[Iterable[Notification], Actor], Mapping[int, str]]
LINKS: dict[str, Links] = {}


def items(notifications: Iterable[Notification], actor: Actor) -> dict[int, dict[str, Any]]:
    """By id. The number of queries grows with the number of kinds in LINKS, not of notifications."""
    rows = list(notifications)
    elsewhere: dict[int, str] = {}
    for kind, links in LINKS.items():
        if of_kind := [row for row in rows if row.kind == kind]:
            elsewhere |= links(of_kind, actor)
    own_url = reverse("notifications:list", args=[actor.organization_slug])
    return {
        row.pk: {
            "id": row.pk,
            "icon": ICONS.get(row.kind, "notify"),
            "title": row.title,
            "text": row.text,
            "at": row.created_at.isoformat(),
            "unread": row.read_at is None,
            "url": elsewhere.get(row.pk, "") or _conversation_url(row, actor),
            "dismiss_url": f"{own_url}{row.pk}/dismiss/",
        }
        for row in rows
    }


def _conversation_url(row: Notification, actor: Actor) -> str:
    """Where this person looks at conversations; empty where they look at none."""
    if row.conversation_id is None:
        return ""
    if actor.may(Right.SUPERVISE) and row.conversation and actor.sees_queue(row.conversation.queue_id):
        return reverse("conversations:detail", args=[actor.organization_slug, row.conversation_id])
    if actor.may(Right.USE_DESK):
        return f"{reverse('desk:desk', args=[actor.organization_slug])}?c={row.conversation_id}"
    return ""
