"""An audit event in words: who, what, about what, and what changed; ids and states, no names of customers or texts."""

from collections.abc import Mapping
from typing import Any

from contact_center.audit.models import AuditEvent

LABELS = {
    "status_reason": "reason",
    "representative_id": "representative",
    "queue_id": "queue",
    "force_close_reason_id": "reason for the force close",
    "offered_to": "offered to representative",
    "retry_of": "retry of run",
}
# Numbers that stand for something with a row of its own.
OBJECTS = {
    "bulk_action": "Run",
    "action_history": "Action History",
    "conversation": "Conversation",
    "conversation_list": "List of conversations",
}


def event_row(event: AuditEvent, names: Mapping[int, str], *, slug: str, page_url: str) -> dict[str, Any]:
    return {
        "id": event.pk,
        "at": event.at.isoformat(),
        "person": _person(event, names),
        "label": event.label,
        "about": _about(event),
        "about_url": _about_url(event, slug, page_url),
        "change": change_in_words(event.before, event.after),
    }


def _person(event: AuditEvent, names: Mapping[int, str]) -> str:
    if event.membership_id is None:
        return "System or API"
    return names.get(event.membership_id, f"Member {event.membership_id}, deleted")


def _about(event: AuditEvent) -> str:
    if event.conversation_id is not None:
        return f"C-{event.conversation_id}"
    kind = OBJECTS.get(event.object_type, event.object_type.replace("_", " ").replace(".", " ").capitalize())
    return f"{kind} {event.object_id}" if event.object_id is not None else kind


def _about_url(event: AuditEvent, slug: str, page_url: str) -> str:
    """A run's page; for a conversation everything in the log about it."""
    if event.conversation_id is not None:
        return f"{page_url}?conversation={event.conversation_id}"
    if event.object_type == "bulk_action" and event.object_id is not None:
        return f"/o/{slug}/action-history/{event.object_id}/"
    return ""


def change_in_words(before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    """Only what differs: "status open → closed, queue 4"."""
    changes = []
    for name in dict.fromkeys([*before, *after]):
        old, new = before.get(name), after.get(name)
        if old == new:
            continue
        label = LABELS.get(name, name.replace("_", " "))
        changes.append(f"{label} {_value(new)}" if old is None else f"{label} {_value(old)} → {_value(new)}")
    return ", ".join(changes)


def _value(value: Any) -> str:
    if value is None or value in ("", [], {}):
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list | tuple):
        return ", ".join(_value(each) for each in value)
    if isinstance(value, Mapping):
        return ", ".join(f"{key.replace('_', ' ')} {_value(each)}" for key, each in value.items())
    return str(value).replace("_", " ")
