"""The command bar: which commands there are, and for each whether this person may use it or why not.

Only what is built is listed. Whether a command is allowed is asked of the rule table; nothing is decided here.
"""

from dataclasses import dataclass
from typing import Any

from django.urls import NoReverseMatch, reverse

from contact_center.tenancy.access import Actor
from conversations.listing import ONGOING, Listing
from conversations.models import Conversation
from conversations.rules import RULES, Action, Refusal, sentence_of, why_not
from conversations.rules.ask import actor_refusal

DIALOG = "bulk_actions:action"


@dataclass(frozen=True, slots=True)
class Command:
    """One button. `url_name` leads to the action's dialog, which another app owns, or to what does it at once."""

    action: Action
    icon: str
    key: str
    url_name: str = DIALOG
    danger: bool = False
    in_menu: bool = False
    # What it is for more than one conversation, where that is another action.
    in_bulk: Action | None = None

    def action_for(self, *, single: bool) -> Action:
        return self.action if single or self.in_bulk is None else self.in_bulk

    @property
    def one_only(self) -> bool:
        return not RULES[self.action_for(single=False)].bulk


COMMANDS = (
    Command(Action.ASSIGN_TO_REPRESENTATIVE, "assign", "a", in_bulk=Action.ASSIGN_TO_QUEUE),
    Command(Action.TRANSFER_TO_REPRESENTATIVE, "transfer", "t"),
    Command(Action.MONITOR, "monitor", "m", url_name="conversations:monitor"),
    Command(Action.FORCE_CLOSE, "force-close", "e", danger=True),
    Command(Action.MESSAGE_CUSTOMER, "message-customer", ""),
    Command(Action.NOTIFY, "notify", ""),
    Command(Action.SET_PRIORITY, "flag", "", in_menu=True),
    Command(Action.SET_TAGS, "tag", "", in_menu=True),
    Command(Action.PIN_NOTE, "pin", "", in_menu=True),
    Command(Action.RELEASE, "release", "", in_menu=True),
    Command(Action.REMOVE, "remove", "", danger=True, in_menu=True),
)
HISTORY = "bulk_actions:history"


def commands_of(listing: Listing) -> tuple[Command, ...]:
    return tuple(each for each in COMMANDS if listing.actions is None or each.action in listing.actions)


def list_bar(actor: Actor, listing: Listing = ONGOING) -> dict[str, Any]:
    """For a list: what the person may do at all; the selection decides the rest."""
    refusals = {each.action: _refusal_of_person(each.action, actor) for each in commands_of(listing)}
    return _bar(actor, refusals)


def conversation_bar(conversation: Conversation, actor: Actor) -> dict[str, Any]:
    """For a conversation's own page; it comes from rules.needed."""
    refusals = {each.action: why_not(each.action, conversation, actor) for each in COMMANDS}
    return _bar(actor, refusals) | {"single": f"{conversation.pk}:{conversation.version}"}


def _refusal_of_person(action: Action, actor: Actor) -> Refusal | None:
    code = actor_refusal(RULES[action], actor)
    return Refusal(code, sentence_of(code)) if code else None


def _bar(actor: Actor, refusals: dict[Action, Refusal | None]) -> dict[str, Any]:
    buttons = [
        _button(each, actor, refusals[each.action])
        for each in COMMANDS
        if each.action in refusals and _command_url(each, actor)
    ]
    return {
        "commands": [button for button in buttons if not button["in_menu"]],
        "more_commands": [button for button in buttons if button["in_menu"]],
        "history_url": _url(HISTORY, actor),
    }


def _button(command: Command, actor: Actor, refusal: Refusal | None) -> dict[str, Any]:
    return {
        "name": command.action.value,
        "label": command.action.label,
        "icon": command.icon,
        "key": command.key,
        "url": _command_url(command, actor),
        "danger": command.danger,
        "in_menu": command.in_menu,
        "one_only": command.one_only,
        "enabled": refusal is None,
        "reason": refusal.sentence if refusal else "",
    }


def _command_url(command: Command, actor: Actor) -> str:
    return _url(command.url_name, actor, *([command.action] if command.url_name == DIALOG else []))


def _url(name: str, actor: Actor, *more: str) -> str:
    """Empty where the page isn't there: nothing in the bar leads nowhere."""
    try:
        return reverse(name, args=[actor.organization_slug, *more])
    except NoReverseMatch:
        return ""
