"""A conversation's audit events in words: who did what, and what changed."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from contact_center.audit.actions import AuditAction
from contact_center.audit.models import AuditEvent
from contact_center.tenancy.models import Membership
from conversations.models import ForceCloseReason
from conversations.states import Priority, Status
from routing.models import Queue, Representative

# More than anybody scrolls through; a conversation has some dozen.
MOST = 500

# {who}: who acted · {holder}: the representative before · {taker}: the one after, or the one asked · {queue}: after.
SENTENCES: dict[int, tuple[str, str]] = {
    AuditAction.CREATED: ("plus", "Arrived in {queue}"),
    AuditAction.OFFERED: ("transfer", "Offered to {taker}"),
    AuditAction.ACCEPTED: ("check", "{taker} accepted"),
    AuditAction.REJECTED: ("ban", "{taker} rejected the offer"),
    AuditAction.OFFER_TIMED_OUT: ("clock", "{taker} didn’t answer the offer in time"),
    AuditAction.PICKED: ("check", "{taker} picked it from {queue}"),
    AuditAction.LEFT_WAITING: ("status-waiting", "{who} left it to wait for the customer"),
    AuditAction.REOPENED: ("status-active", "{who} took it up again"),
    AuditAction.CUSTOMER_RETURNED: ("message", "The customer wrote again"),
    AuditAction.RELEASED: ("queue", "{who} released it to {queue}"),
    AuditAction.ENDED: ("status-wrap-up", "The talk ended"),
    AuditAction.WRAP_UP_DONE: ("status-closed", "{who} finished the wrap-up"),
    AuditAction.CUSTOMER_LEFT: ("sign-out", "The customer left before anybody accepted"),
    AuditAction.RESOLVED: ("status-closed", "{who} resolved the record"),
    AuditAction.AUTO_CLOSED: ("clock", "Closed after inactivity"),
    AuditAction.OVERFLOWED: ("queue", "An overflow rule applied"),
    AuditAction.ESCALATED: ("users", "Escalated by {holder} to {queue}"),
    AuditAction.ELEVATED: ("voice", "Elevated to a call"),
    AuditAction.REPRESENTATIVE_DISCONNECTED: (
        "alert",
        "{holder} was disconnected and didn’t come back; open in {queue} again",
    ),
    AuditAction.HAND_RAISED: ("hand", "{who} raised a hand"),
    AuditAction.HAND_LOWERED: ("check", "{who} marked the raised hand as done"),
    AuditAction.OFFER_WITHDRAWN: ("ban", "The offer was withdrawn"),
    AuditAction.TRANSFER_ACCEPTED: ("check", "{taker} accepted the transfer"),
    AuditAction.ASSIGNED_TO_REPRESENTATIVE: ("assign", "{who} assigned it to {taker}"),
    AuditAction.ASSIGNED_TO_QUEUE: ("assign", "{who} assigned it to {queue}"),
    AuditAction.TRANSFERRED_TO_REPRESENTATIVE: ("transfer", "{who} started a transfer to {taker}"),
    AuditAction.TRANSFERRED_TO_QUEUE: ("transfer", "{who} transferred it to {queue}"),
    AuditAction.MONITORING_STARTED: ("monitor", "{who} began monitoring"),
    AuditAction.MONITORING_ENDED: ("monitor", "{who} stopped monitoring"),
    AuditAction.JOINED: ("users", "{who} joined as a consultant"),
    AuditAction.LEFT: ("sign-out", "{who} left the conversation"),
    AuditAction.FORCE_CLOSED: ("force-close", "{who} force closed it"),
    AuditAction.MESSAGED_CUSTOMER: ("message-customer", "{who} sent the customer a message"),
    AuditAction.NOTIFIED: ("notify", "{who} notified {holder}"),
    AuditAction.REMOVED: ("close", "{who} removed it from its queue"),
    AuditAction.PRIORITY_SET: ("flag", "{who} changed the priority"),
    AuditAction.TAGS_SET: ("tag", "{who} changed the tags"),
    AuditAction.NOTE_PINNED: ("pin", "{who} changed the supervisors’ note"),
    AuditAction.TAKEN_OVER: ("user", "{who} took it over"),
    AuditAction.TRANSCRIPT_READ: ("monitor", "{who} opened the transcript"),
    AuditAction.CONSULTANT_WROTE: ("message", "{who} wrote as a consultant"),
}


# Keys of a state that hold a representative.
NAMED = ("representative_id", "offered_to", "withdrawn_from")


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the timeline, as `_timeline_item.html` prints it."""

    at: str
    icon: str
    sentence: str
    detail: str


@dataclass(slots=True)
class Names:
    """What the ids in the events are called today."""

    members: Mapping[int, str] = field(default_factory=dict)
    representatives: Mapping[int, str] = field(default_factory=dict)
    queues: Mapping[int, str] = field(default_factory=dict)
    reasons: Mapping[int, str] = field(default_factory=dict)


def timeline(conversation_id: int) -> list[Entry]:
    """Newest first. Five queries: the events, and the names of everybody and everything in them."""
    events = list(AuditEvent.objects.filter(conversation_id=conversation_id).order_by("-id")[:MOST])
    names = _names(events)
    return [_entry(event, names) for event in events]


def _names(events: Iterable[AuditEvent]) -> Names:
    states = [state for event in events for state in (event.before, event.after)]
    return Names(
        members={
            member.pk: str(member)
            for member in Membership.objects.select_related("user").filter(
                pk__in=_ids(event.membership_id for event in events)
            )
        },
        representatives=_called(Representative, (state.get(key) for state in states for key in NAMED)),
        queues=_called(Queue, (state.get("queue_id") for state in states)),
        reasons=dict(
            ForceCloseReason.objects.filter(
                pk__in=_ids(state.get("force_close_reason_id") for state in states)
            ).values_list("pk", "label")
        ),
    )


def _called(model: type[Representative] | type[Queue], ids: Iterable[Any]) -> dict[int, str]:
    return dict(model.objects.filter(pk__in=_ids(ids)).values_list("pk", "name"))


def _ids(values: Iterable[Any]) -> list[int]:
    """Never empty: an empty list would skip the query, and the page shall read the same number of times always."""
    return [0, *sorted({value for value in values if isinstance(value, int)})]


def _entry(event: AuditEvent, names: Names) -> Entry:
    icon, sentence = SENTENCES.get(event.action, ("info", AuditAction(event.action).label))
    before, after = event.before, event.after
    holder = names.representatives.get(before.get("representative_id") or 0, "the representative")
    asked = after.get("offered_to") or after.get("representative_id") or 0
    words = {
        "who": names.members.get(event.membership_id or 0, "System"),
        "holder": holder,
        "taker": names.representatives.get(asked, "The representative"),
        "queue": names.queues.get(after.get("queue_id") or 0, "its queue"),
    }
    return Entry(event.at.isoformat(), icon, sentence.format(**words), _detail(event, names))


def _detail(event: AuditEvent, names: Names) -> str:
    """What the sentence leaves out: who acted, the reason, and changes of status, queue and priority."""
    before, after = event.before, event.after
    parts = []
    if "{who}" not in SENTENCES.get(event.action, ("", ""))[1] and event.membership_id:
        parts.append(names.members.get(event.membership_id, "System"))
    if reason := names.reasons.get(after.get("force_close_reason_id") or 0):
        parts.append(reason)
    if second := names.representatives.get(after.get("withdrawn_from") or 0):
        parts.append(f"Transfer to {second} withdrawn")
    if _changed(before, after, "status"):
        parts.append(f"{_status(before)} → {_status(after)}")
    if _changed(before, after, "queue_id"):
        parts.append(f"{names.queues.get(before['queue_id'], '–')} → {names.queues.get(after['queue_id'], '–')}")
    if _changed(before, after, "priority"):
        parts.append(f"Priority {_priority(before)} → {_priority(after)}")
    return " · ".join(parts)


def _changed(before: Mapping[str, Any], after: Mapping[str, Any], name: str) -> bool:
    return name in before and name in after and before[name] != after[name]


def _status(state: Mapping[str, Any]) -> str:
    return dict(Status.choices).get(state["status"], str(state["status"]))


def _priority(state: Mapping[str, Any]) -> str:
    return dict(Priority.choices).get(state["priority"], str(state["priority"]))
