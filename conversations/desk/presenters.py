"""What the desk's templates print: strings and flags made once. Whether something is allowed, the rule table says."""

from collections.abc import Sequence
from typing import Any

from django.urls import reverse

from contact_center.tenancy.access import Actor
from conversations.desk.reading import MESSAGES_SHOWN, OPEN_SHOWN, Desk
from conversations.masking import mask
from conversations.models import Conversation, Message, Offer, Participant
from conversations.presenters import PRIORITY_LABELS, STATUS_ICONS, STATUS_LABELS, channel_look, status_detail
from conversations.rules import Action, why_not
from conversations.states import Author, OfferKind, Phase, Priority
from conversations.typing import typing_in
from routing.kinds import Presence
from routing.models import Representative
from routing.presence import label_of

# In this order above the transcript; only those that are allowed now.
BUTTONS: tuple[tuple[Action, str], ...] = (
    (Action.REOPEN, "status-active"),
    (Action.LEAVE_WAITING, "status-waiting"),
    (Action.RELEASE_OWN, "queue"),
    (Action.LEAVE_CONSULTATION, "sign-out"),
    (Action.END, "status-wrap-up"),
    (Action.RESOLVE, "check"),
)
GROUPS: tuple[tuple[str, tuple[Phase, ...]], ...] = (
    ("Active", (Phase.ACTIVE,)),
    ("Wrap-up", (Phase.WRAP_UP,)),
    ("Waiting", (Phase.WAITING,)),
)
# With more than these one looks for a conversation instead of at all of them.
MANY = 12
TAKES_WORK = frozenset({Presence.AVAILABLE, Presence.BUSY})
# The last moments of an offer stand out.
COUNTDOWN_AMBER, COUNTDOWN_RED = 30, 10


def status(desk: Desk, actor: Actor) -> dict[str, Any]:
    person = desk.person
    return {
        "label": label_of(person),
        "presence": person.presence,
        "since": person.presence_since.isoformat(),
        "set_by": _set_by(desk, actor),
        "choices": _presence_choices(desk),
        "used": person.units_used,
        "total": person.total_units,
        "exceeds": max(0, person.units_used - person.total_units),
        "alerts": desk.alerts,
    }


def _set_by(desk: Desk, actor: Actor) -> str:
    change = desk.presence_change
    if desk.person.presence_set_by_system or change is None:
        return "Set by the system"
    if change.set_by is None:
        return "Set through another system"
    return "Set by you" if change.set_by_id == actor.membership_id else f"Set by {change.set_by}"


def _presence_choices(desk: Desk) -> list[dict[str, Any]]:
    person = desk.person
    chosen = f"custom:{person.custom_presence_id}" if person.custom_presence_id else person.presence
    choices = [(value, label) for value, label in Presence.choices if value != Presence.INACTIVE]
    choices += [(f"custom:{each.pk}", each.text) for each in desk.custom_presences]
    shown = [{"value": value, "label": label, "chosen": value == chosen} for value, label in choices]
    if person.presence == Presence.INACTIVE:
        shown.insert(0, {"value": "", "label": Presence.INACTIVE.label, "chosen": True})
    return shown


def offers(desk: Desk) -> dict[str, Any]:
    return {"offers": [_offer(offer, row) for offer, row in desk.offered], "empty": _why_no_offers(desk.person)}


def _offer(offer: Offer, row: Conversation) -> dict[str, Any]:
    maker = str(offer.made_by) if offer.made_by else ""
    reason = {
        OfferKind.ASSIGN: f"Assigned by {maker}" if maker else "Assigned by a supervisor",
        OfferKind.TRANSFER: f"Transfer from {row.representative.name}"
        if row.representative and row.representative_id != offer.representative_id
        else f"Transfer by {maker or 'a supervisor'}",
    }.get(OfferKind(offer.kind), "")
    return {
        **_item(row),
        "reason": reason,
        "units": offer.units,
        "expires_at": offer.expires_at.isoformat() if offer.expires_at else "",
        "amber": COUNTDOWN_AMBER,
        "red": COUNTDOWN_RED,
    }


def _why_no_offers(person: Representative) -> str:
    full = person.units_used >= person.total_units
    # The system says Do not disturb where nothing is free: choosing Available wouldn't help.
    made_busy = full and person.presence == Presence.DO_NOT_DISTURB and person.presence_set_by_system
    if person.presence not in TAKES_WORK and not made_busy:
        return f"Nothing is offered to you. You are {label_of(person)}: choose Available to receive work."
    if full:
        return "Nothing is offered to you. You have no free units; finish something to receive more."
    return "Nothing is offered to you. New work appears here as it comes."


def mine(desk: Desk, chosen_id: int | None) -> dict[str, Any]:
    groups = [
        {"label": label, "rows": [_mine(row, chosen_id) for row in desk.mine(*phases)]} for label, phases in GROUPS
    ]
    groups.append({"label": "Consulting", "rows": [_mine(row, chosen_id) for row in desk.consulting]})
    count = sum(len(group["rows"]) for group in groups)
    return {"groups": [group for group in groups if group["rows"]], "find": count > MANY}


def _mine(row: Conversation, chosen_id: int | None) -> dict[str, Any]:
    unanswered = row.unanswered_since if row.phase is Phase.ACTIVE else None
    level = row.queue.service_level_seconds
    return {
        **_item(row),
        "current": row.pk == chosen_id,
        "unread": getattr(row, "unread", 0),
        "stamp": row.row_stamp,
        "unanswered_since": unanswered.isoformat() if unanswered else "",
        "amber": level,
        "red": row.queue.first_response_seconds or level * 5,
        "status_since": row.status_since.isoformat(),
    }


def waiting_in_queues(desk: Desk, actor: Actor) -> dict[str, Any]:
    rows = [_open(row, actor) for row in desk.open[:OPEN_SHOWN]]
    return {
        "rows": rows,
        "more": len(desk.open) > OPEN_SHOWN,
        "serves_queues": bool(desk.queue_ids),
    }


def _open(row: Conversation, actor: Actor) -> dict[str, Any]:
    refusal = why_not(Action.PICK, row, actor)
    level = row.queue.service_level_seconds
    return {
        **_item(row),
        "refusal": refusal.sentence if refusal else "",
        "queued_at": row.queued_at.isoformat(),
        "amber": "" if row.kind == "record" else level,
        "red": "" if row.kind == "record" else row.queue.first_response_seconds or level * 5,
    }


def _item(row: Conversation) -> dict[str, Any]:
    channel_label, channel_icon = channel_look(row.channel, row.elevated_to)
    return {
        "id": row.pk,
        "number": row.number,
        "version": row.version,
        "subject": row.subject,
        "customer": row.customer_name,
        "queue": row.queue.name,
        "channel_label": channel_label,
        "channel_icon": channel_icon,
        "status": row.status,
        "status_label": STATUS_LABELS[row.status],
        "status_icon": STATUS_ICONS[row.phase],
        "status_detail": status_detail(row.phase, vars(row)),
        "priority": PRIORITY_LABELS[row.priority] if row.priority != Priority.NORMAL else "",
    }


def conversation(desk: Desk, actor: Actor) -> dict[str, Any]:
    """Title, facts and the actions that are allowed now."""
    row = desk.chosen
    if row is None:
        return {"row": None}
    allowed = [(action, icon) for action, icon in BUTTONS if why_not(action, row, actor) is None]
    record = row.record
    return {
        "row": _item(row),
        "email": row.customer.email if row.customer else "",
        "record": f"{record.get_record_type_display()} {record.case_number}".strip() if record else "",
        "regarding": record.regarding if record else "",
        "buttons": [{"name": action.value, "label": action.label, "icon": icon} for action, icon in allowed],
        "raise_hand": why_not(Action.RAISE_HAND, row, actor) is None,
        "lower_hand": why_not(Action.LOWER_HAND, row, actor) is None,
        "hand_note": row.hand_note if row.hand_raised_at else "",
        "transfer": why_not(Action.TRANSFER_OWN, row, actor) is None,
        "pending": _pending(desk.asked),
        "others": _others(desk.others),
        "consulting": row.representative_id != desk.person.pk,
        "wrap_up_done": why_not(Action.WRAP_UP_DONE, row, actor) is None,
        "dispositions": desk.dispositions,
    }


def _pending(offer: Offer | None) -> dict[str, Any] | None:
    """Whom a transfer waits for, and how long."""
    if offer is None:
        return None
    return {
        "name": offer.representative.name,
        "expires_at": offer.expires_at.isoformat() if offer.expires_at else "",
        "amber": COUNTDOWN_AMBER,
        "red": COUNTDOWN_RED,
    }


def _others(present: Sequence[Participant]) -> list[dict[str, str]]:
    """A supervisor who joined goes on monitoring; named once, by what is more."""
    joined = {row.membership_id for row in present if row.mode == Participant.Mode.CONSULT}
    joined.discard(None)
    return [
        _other(row) for row in present if not (row.mode == Participant.Mode.MONITOR and row.membership_id in joined)
    ]


def _other(present: Participant) -> dict[str, str]:
    """Somebody else in the conversation, by name and by what they do there."""
    name = str(present.representative or present.membership or "")
    if present.mode == Participant.Mode.MONITOR:
        return {"name": name, "role": "is monitoring", "icon": "monitor"}
    if present.mode == Participant.Mode.PRIMARY:
        return {"name": name, "role": "holds it", "icon": "user"}
    return {"name": name, "role": "is a consultant", "icon": "users"}


def transcript(desk: Desk) -> dict[str, Any]:
    return {
        "shown": desk.chosen is not None,
        "more": len(desk.messages) > MESSAGES_SHOWN,
        "id": desk.chosen.pk if desk.chosen else None,
        "lines": [_line(message, desk) for message in desk.messages[-MESSAGES_SHOWN:]],
    }


def _line(message: Message, desk: Desk) -> dict[str, Any]:
    """Numbers of cards and the like are hidden from everybody but who handles the conversation."""
    person, chosen = desk.person, desk.chosen
    handles = chosen is not None and chosen.representative_id == person.pk
    internal = message.visibility == Message.Visibility.INTERNAL
    return {
        "id": message.pk,
        "side": _side(message, person),
        "internal": internal,
        "name": _author(message, person, chosen.customer_name if chosen else ""),
        "text": message.text if handles else mask(message.text),
        "at": message.created_at.isoformat(),
    }


def _side(message: Message, person: Representative) -> str:
    if message.author == Author.SYSTEM:
        return "system"
    return "customer" if message.author == Author.CUSTOMER else "service"


def _author(message: Message, person: Representative, customer_name: str) -> str:
    if message.representative_id == person.pk:
        return "You"
    if message.author == Author.CUSTOMER:
        return customer_name or "Customer"
    if message.author == Author.SYSTEM:
        return ""
    return str(message.representative or message.membership or Author(message.author).label)


def typing(desk: Desk, actor: Actor) -> dict[str, Any]:
    """Whether the customer of the chosen conversation is typing; asked only while somebody can be."""
    row = desk.chosen
    if row is None or row.phase is not Phase.ACTIVE:
        return {"names": ()}
    found = typing_in(actor.organization_id, row.pk)
    return {"names": (row.customer_name or "The customer",) if found.customer else (), "mark": found.customer_mark}


def composer(desk: Desk, actor: Actor) -> dict[str, Any]:
    row = desk.chosen
    if row is None:
        return {"id": None}
    refusals = {action: why_not(action, row, actor) for action in (Action.REPLY, Action.INTERNAL_NOTE)}
    choices = [
        {"name": action.value, "label": action.label, "refusal": refusal.sentence if refusal else ""}
        for action, refusal in refusals.items()
    ]
    possible = [choice["name"] for choice in choices if not choice["refusal"]]
    return {
        "id": row.pk,
        "choices": choices,
        "chosen": possible[0] if possible else "",
        "reply": Action.REPLY.value in possible,
        "typing_url": reverse("conversations:typing", args=[actor.organization_slug, row.pk]),
        # The same key means: leave alone what is being written.
        "keep": f"{row.pk}:{'+'.join(possible)}",
    }
