"""What the middle of the conversation page shows: the band, the transcript, who else watches, and the composer."""

from collections.abc import Sequence
from typing import Any

from django.urls import reverse

from contact_center.tenancy.access import Actor
from contact_center.tenancy.toggles import PURPOSE
from conversations.actions.monitoring import PAGE_LEFT, RIGHT_ENDED, STOPPED, TOOK_OVER
from conversations.models import Conversation, Participant
from conversations.monitoring import ledger
from conversations.rules import Action, why_not
from conversations.states import Phase
from conversations.transcript import Stretch, stretch
from routing.kinds import Kind

# Why one's last monitoring ended; "" where there is nothing to say.
ENDED = {
    STOPPED: "You stopped monitoring",
    PAGE_LEFT: "Monitoring ended when this page was closed or lost its connection",
    RIGHT_ENDED: "Monitoring ended because you may not watch this conversation any more",
    TOOK_OVER: "",
}
BUTTONS = {
    "monitoring": ((Action.JOIN, "users"), (Action.TAKE_OVER, "user"), (Action.STOP_MONITORING, "close")),
    "joined": ((Action.LEAVE, "sign-out"), (Action.TAKE_OVER, "user"), (Action.STOP_MONITORING, "close")),
    "reading": (),
    "idle": ((Action.TAKE_OVER, "user"),),
}
# What one is here; what it means stands beside it.
LEADS = {
    "monitoring": "You are monitoring.",
    "joined": "You joined as a consultant.",
    "reading": "You are reading the transcript of a closed conversation.",
    "idle": "",
}
# More than ever watch the same.
MOST = 20
CHOICES = (Action.CONSULTANT_NOTE, Action.CONSULTANT_MESSAGE)


def talk(conversation: Conversation, actor: Actor, *, with_lines: bool) -> dict[str, Any]:
    """The context of `_talk.html`; the conversation comes from rules.needed. Two queries, three with the transcript.

    Over a socket the lines come by themselves: they have one of their own.
    """
    rows = _rows(conversation, actor)
    mine = next((row for row in rows if row.membership_id == actor.membership_id and row.left_at is None), None)
    mode = _mode(conversation, actor, mine)
    shown = mode != "idle"
    others = [str(row.membership) for row in rows if row.left_at is None and row is not mine]
    said = stretch(conversation.pk) if shown and with_lines else Stretch((), has_older=False)
    return {
        "mode": mode,
        "lead": LEADS[mode],
        "band": _band(conversation, mode, alone=not others),
        "seen": _who_sees(conversation, mode) if shown else "",
        "others": others,
        "buttons": _buttons(conversation, actor, mode),
        "ended": "" if shown else _ended(rows, actor),
        "why": "" if shown else _why_nothing(conversation, actor),
        "reading_url": _page_url(conversation, actor) if _may(Action.READ_TRANSCRIPT, conversation, actor) else "",
        "purpose": PURPOSE,
        "transcript": transcript(conversation, actor, said, mine) if shown else None,
        "composer": _composer(conversation, actor) if mode == "joined" else None,
    }


def _rows(conversation: Conversation, actor: Actor) -> Sequence[Participant]:
    """Everybody who monitors it now, and one's own last time. One query."""
    return list(ledger.now_or_mine(conversation.pk, actor)[:MOST])


def _mode(conversation: Conversation, actor: Actor, mine: Participant | None) -> str:
    if mine is None or not _may(Action.WATCH, conversation, actor):
        return "idle"
    if conversation.phase is Phase.CLOSED:
        return "reading"
    return "joined" if _may(Action.LEAVE, conversation, actor) else "monitoring"


def _may(action: Action, conversation: Conversation, actor: Actor) -> bool:
    return why_not(action, conversation, actor) is None


def _band(conversation: Conversation, mode: str, *, alone: bool) -> str:
    holder = conversation.representative.name if conversation.representative else ""
    if mode == "joined":
        readers = holder if holder and alone else f"{holder} and other supervisors" if holder else "supervisors"
        return f"Internal messages are seen by {readers} only."
    if mode != "monitoring":
        return ""
    if conversation.kind == Kind.RECORD:
        return "A record is read-only: there is nobody to talk to."
    return f"{holder} and the customer don’t hear from you." if holder else "Nobody hears from you."


def _who_sees(conversation: Conversation, mode: str) -> str:
    """One query at most."""
    if mode == "reading" or conversation.representative is None:
        return "It is recorded."
    if ledger.representatives_may_see():
        return f"It is recorded, and {conversation.representative.name} sees it."
    return f"It is recorded; {conversation.representative.name} isn’t told."


def _ended(rows: Sequence[Participant], actor: Actor) -> str:
    last = next((row for row in rows if row.membership_id == actor.membership_id and row.left_at), None)
    return ENDED.get(last.left_reason, "Monitoring ended with the conversation") if last else ""


def _why_nothing(conversation: Conversation, actor: Actor) -> str:
    """What stands against looking at it; empty where one has only to begin."""
    action = Action.READ_TRANSCRIPT if conversation.phase is Phase.CLOSED else Action.MONITOR
    refusal = why_not(action, conversation, actor)
    return refusal.sentence if refusal else ""


def _buttons(conversation: Conversation, actor: Actor, mode: str) -> list[dict[str, Any]]:
    shown = [(action, icon) for action, icon in BUTTONS[mode] if _is_shown(action, conversation, actor)]
    return [_button(action, icon, conversation, actor) for action, icon in shown]


def _is_shown(action: Action, conversation: Conversation, actor: Actor) -> bool:
    if action is Action.TAKE_OVER:
        profile = actor.representative_id is not None and actor.representative_id != conversation.representative_id
        return profile and conversation.kind == Kind.MESSAGING and conversation.phase in (Phase.ACTIVE, Phase.WAITING)
    return action is not Action.JOIN or conversation.kind != Kind.RECORD


def _button(action: Action, icon: str, conversation: Conversation, actor: Actor) -> dict[str, Any]:
    refusal = why_not(action, conversation, actor)
    return {
        "name": action.value,
        "label": action.label,
        "icon": icon,
        "url": act_url(action, conversation, actor),
        "accent": action is Action.JOIN,
        "reason": refusal.sentence if refusal else "",
    }


def act_url(action: Action, conversation: Conversation, actor: Actor) -> str:
    return reverse("conversations:act", args=[actor.organization_slug, conversation.pk, action.value])


def _page_url(conversation: Conversation, actor: Actor) -> str:
    return reverse("conversations:detail", args=[actor.organization_slug, conversation.pk])


def transcript(
    conversation: Conversation, actor: Actor, said: Stretch, mine: Participant | None = None
) -> dict[str, Any]:
    url = reverse("conversations:transcript", args=[actor.organization_slug, conversation.pk])
    return {
        "lines": said.lines,
        "older_url": f"{url}?before={said.first_id}" if said.has_older else "",
        "ws_url": f"/ws/o/{actor.organization_slug}/transcript/?id={conversation.pk}&from={said.first_id}",
        # The same key means: leave alone what the transcript's own socket keeps current.
        "keep": f"{conversation.pk}:{mine.pk if mine else 0}",
    }


def _composer(conversation: Conversation, actor: Actor) -> dict[str, Any] | None:
    refusals = {action: why_not(action, conversation, actor) for action in CHOICES}
    possible = [action.value for action, refusal in refusals.items() if refusal is None]
    if not possible:
        refusal = refusals[Action.CONSULTANT_NOTE]
        return {"refusal": refusal.sentence if refusal else ""}
    return {
        "refusal": "",
        "id": conversation.pk,
        "choices": [
            {
                "name": action.value,
                "label": action.label,
                "url": act_url(action, conversation, actor),
                "refusal": refusal.sentence if refusal else "",
                "internal": action is Action.CONSULTANT_NOTE,
            }
            for action, refusal in refusals.items()
        ],
        "chosen": possible[0],
        "typing_url": reverse("conversations:typing", args=[actor.organization_slug, conversation.pk]),
        "holder": conversation.representative.name if conversation.representative else "",
        "keep": f"{conversation.pk}:{'+'.join(possible)}",
    }
