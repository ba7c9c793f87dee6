"""An alert as the bell and the page of notifications print it."""

from collections.abc import Sequence
from typing import Any

from django.urls import NoReverseMatch, reverse

from contact_center.tenancy.access import Actor
from conversations.alerts.kinds import KINDS
from conversations.models import Alert, Conversation
from conversations.rules import Action, needed, why_not

FORMER = "a former member"


def items(ids: Sequence[int], actor: Actor) -> list[dict[str, Any]]:
    """In the order of the ids. Two queries: the alerts, and what the rule table reads of their conversations."""
    if not ids:
        return []
    alerts = Alert.objects.filter(pk__in=ids, ended_at=None).select_related(
        "conversation__representative", "queue", "acknowledged_by__user"
    )
    found = {alert.pk: alert for alert in alerts}
    rows = Conversation.objects.filter(pk__in=[alert.conversation_id for alert in alerts if alert.conversation_id])
    asked = {row.pk: row for row in needed(rows, actor)}
    return [
        _item(found[pk], asked.get(found[pk].conversation_id or 0), actor)
        for pk in ids
        if pk in found and found[pk].kind in KINDS
    ]


def _item(alert: Alert, row: Conversation | None, actor: Actor) -> dict[str, Any]:
    kind = KINDS[alert.kind]
    title, text = kind.words(alert)
    base = reverse("notifications:list", args=[actor.organization_slug])
    item: dict[str, Any] = {
        "id": alert.pk,
        "icon": kind.icon,
        "title": title,
        "text": text,
        "tone": kind.tone(alert),
        "at": alert.raised_at.isoformat(),
        "back_since": alert.back_since.isoformat() if alert.back_since else "",
        "taken_by": taken_by(alert),
        "ignore_url": f"{base}alerts/{alert.pk}/ignore/",
        "acknowledge_url": "" if alert.acknowledged_at else f"{base}alerts/{alert.pk}/acknowledge/",
        "url": kind.address(alert, actor.organization_slug),
        "monitor": None,
        "done": None,
    }
    if row is not None:
        item["url"] = reverse("conversations:detail", args=[actor.organization_slug, row.pk])
        if monitor_url := _monitor_url(actor):
            item["monitor"] = _command(Action.MONITOR, row, actor, monitor_url) | {
                "selected": f"{row.pk}:{row.version}"
            }
        if kind.ends_with:
            item["done"] = _command(kind.ends_with, row, actor, f"{base}alerts/{alert.pk}/done/")
    return item


def taken_by(alert: Alert) -> str:
    """Who has taken it on; empty while nobody has. Comes with that member's account."""
    if alert.acknowledged_at is None:
        return ""
    return str(alert.acknowledged_by) if alert.acknowledged_by else FORMER


def _command(action: Action, row: Conversation, actor: Actor, url: str) -> dict[str, str]:
    refusal = why_not(action, row, actor)
    return {"name": action.value, "label": action.label, "url": url, "reason": refusal.sentence if refusal else ""}


def _monitor_url(actor: Actor) -> str:
    """Empty while nothing of that name is there: the title leads to the conversation all the same."""
    try:
        return reverse("conversations:monitor", args=[actor.organization_slug])
    except NoReverseMatch:
        return ""
