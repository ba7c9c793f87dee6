"""Everything the conversation page prints: facts, participants, earlier conversations, the timeline."""

from datetime import datetime
from typing import Any

from contact_center.tenancy.access import Actor
from contact_center.web.templatetags.console import duration
from conversations.actions.monitoring import READING
from conversations.commands import conversation_bar
from conversations.deliveries import deliveries
from conversations.list_context import list_url_of
from conversations.models import Conversation, Participant, QueueSegment
from conversations.monitoring import panel
from conversations.presenters import (
    PRIORITY_LABELS,
    REASON_LABELS,
    STATUS_ICONS,
    STATUS_LABELS,
    channel_look,
    status_detail,
)
from conversations.rules import needed
from conversations.sentiment.history import history_of
from conversations.sentiment.plot import plot
from conversations.states import Status
from conversations.tags import tag_names
from conversations.timeline import timeline
from conversations.visibility import visible_to
from routing.kinds import Kind, Mode

# Of the same customer, shown beside the facts.
EARLIER = 5
MOST_STAYS = 20


def find_conversation(actor: Actor, conversation_id: int) -> Conversation | None:
    """None alike for an absent id, a foreign one and one out of the person's scope. One query."""
    found = needed(visible_to(actor), actor).select_related(
        "representative", "queue", "work_stream", "customer", "intent", "record", "force_close_reason"
    )
    return found.annotate(tag_names=tag_names()).filter(pk=conversation_id).first()


def detail_context(conversation: Conversation, actor: Actor, *, with_lines: bool = False) -> dict[str, Any]:
    """The context of `conversations/detail.html`; the conversation comes from find_conversation.

    Twelve queries at most; one more with the transcript's lines.
    """
    list_url = list_url_of(actor)
    return {
        "conversation": head(conversation),
        "list_url": list_url,
        "ws_url": f"/ws/o/{actor.organization_slug}/conversation/?id={conversation.pk}",
        "facts": facts(conversation),
        "participants": participants(conversation),
        "earlier": earlier(conversation, actor, list_url),
        "routing": routing(conversation),
        "talk": panel.talk(conversation, actor, with_lines=with_lines),
        "plot": plot(history_of(conversation.pk), has_customer=conversation.kind == Kind.MESSAGING),
        "timeline": timeline(conversation.pk),
        "deliveries": deliveries(conversation.pk),
        **conversation_bar(conversation, actor),
    }


def head(conversation: Conversation) -> dict[str, Any]:
    channel_label, channel_icon = channel_look(conversation.channel, conversation.elevated_to)
    return {
        "id": conversation.pk,
        "number": conversation.number,
        "version": conversation.version,
        "subject": conversation.subject,
        "status": conversation.status,
        "status_label": STATUS_LABELS[conversation.status],
        "status_icon": STATUS_ICONS[conversation.phase],
        "status_detail": status_detail(conversation.phase, vars(conversation)),
        "channel_label": channel_label,
        "channel_icon": channel_icon,
        "queue": conversation.queue.name,
        "representative": conversation.representative.name if conversation.representative else "",
        "tags": getattr(conversation, "tag_names", None) or [],
        "note": conversation.supervisor_note,
    }


def facts(conversation: Conversation) -> list[dict[str, str]]:
    """Who, what and how it was routed; a fact that this kind of conversation hasn't is left out."""
    record, customer = conversation.record, conversation.customer
    found = [
        _fact("Customer", conversation.customer_name or (customer.name if customer else "")),
        _fact("E-mail", customer.email if customer else ""),
        _fact("Record type", record.get_record_type_display() if record else ""),
        _fact("Case number", record.case_number if record else ""),
        _fact("Regarding", record.regarding if record else ""),
        _fact("Work stream", conversation.work_stream.name),
        _fact("Mode", "" if conversation.mode == Mode.NONE else conversation.get_mode_display()),
        _fact("Priority", PRIORITY_LABELS[conversation.priority]),
        _fact("Intent", conversation.intent.name if conversation.intent else ""),
        _since("Created", conversation.created_at),
        _wait(conversation),
        _due(conversation),
        _since("In this status", conversation.status_since),
        _since("Last customer message", conversation.last_customer_message_at),
        _fact("Transfers", str(conversation.transfer_count) if conversation.transfer_count else ""),
        _fact("Closed because", _closed_because(conversation)),
    ]
    return [fact for fact in found if fact.get("value") or fact.get("since") or fact.get("due")]


def _fact(label: str, value: str) -> dict[str, str]:
    return {"label": label, "value": value}


def _since(label: str, moment: datetime | None) -> dict[str, str]:
    return {"label": label, "since": moment.isoformat() if moment else ""}


def _wait(conversation: Conversation) -> dict[str, str]:
    if conversation.kind == Kind.RECORD:
        return _fact("Wait time", "")
    ended = conversation.accepted_at or conversation.closed_at
    return (
        _fact("Wait time", duration(ended - conversation.queued_at))
        if ended
        else _since("Waiting", conversation.queued_at)
    )


def _due(conversation: Conversation) -> dict[str, str]:
    """When the next target is due, and how many seconds before it is at risk."""
    due, risk = conversation.target_due_at, conversation.target_risk_at
    if due is None or conversation.status == Status.CLOSED:
        return _fact("Due in", "")
    amber = int((due - risk).total_seconds()) if risk else 0
    return {"label": "Due in", "due": due.isoformat(), "amber": str(amber)}


def _closed_because(conversation: Conversation) -> str:
    if conversation.status != Status.CLOSED:
        return ""
    reason = REASON_LABELS.get(conversation.status_reason, "")
    chosen = conversation.force_close_reason
    return f"{reason}: {chosen.label}" if chosen else reason


def participants(conversation: Conversation) -> list[dict[str, Any]]:
    """Who takes part or took part. A supervisor who joined goes on monitoring: named once. One query."""
    found = (
        Participant.objects.filter(conversation_id=conversation.pk)
        .select_related("representative", "membership__user")
        .order_by("-added_at", "-pk")
    )
    joined = {row.membership_id for row in found if row.mode == Participant.Mode.CONSULT and row.left_at is None}
    rows = [row for row in found if not (_monitors_now(row) and row.membership_id in joined - {None})]
    return [
        {
            "name": str(row.representative or row.membership or ""),
            "role": _role(row),
            "primary": row.mode == Participant.Mode.PRIMARY and row.joined_at is not None and row.left_at is None,
            "since": (row.joined_at or row.added_at).isoformat(),
            "until": row.left_at.isoformat() if row.left_at else "",
        }
        for row in rows
    ]


def _monitors_now(row: Participant) -> bool:
    return row.mode == Participant.Mode.MONITOR and row.left_at is None


def _role(row: Participant) -> str:
    if row.mode == Participant.Mode.MONITOR:
        return "Supervisor, reading" if row.assign_reason == READING else "Supervisor, monitoring"
    if row.membership_id and not row.representative_id:
        return "Supervisor, consultant"
    if row.mode == Participant.Mode.CONSULT:
        return "Consultant"
    return "Representative" if row.joined_at else "Representative, asked to accept"


def routing(conversation: Conversation) -> list[dict[str, str]]:
    """Its stays in queues, the newest first. One query."""
    rows = QueueSegment.objects.filter(conversation_id=conversation.pk).select_related("queue")
    return [
        {
            "queue": row.queue.name,
            "how": row.get_entry_display(),
            "since": row.entered_at.isoformat(),
            "waited": f"accepted after {duration(row.accepted_at - row.entered_at)}" if row.accepted_at else "",
        }
        for row in rows.order_by("-entered_at", "-pk")[:MOST_STAYS]
    ]


def earlier(conversation: Conversation, actor: Actor, list_url: str) -> list[dict[str, str]]:
    """What the same customer came with before, as far as this person may see it, the newest first. One query."""
    rows = (
        visible_to(actor)
        .filter(customer_id=conversation.customer_id or 0, created_at__lte=conversation.created_at)
        .exclude(pk=conversation.pk)
        .order_by("-created_at", "-pk")[:EARLIER]
    )
    return [
        {
            "number": row.number,
            "subject": row.subject,
            "url": f"{list_url}{row.pk}/",
            "created_at": row.created_at.isoformat(),
            "status_label": STATUS_LABELS[row.status],
        }
        for row in rows
    ]
