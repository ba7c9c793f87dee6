"""How many of the selected conversations a command can act on, and why not on the others."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Case, Count, Value

from conversations.commands import Command, commands_of
from conversations.listing import ONGOING, Listing
from conversations.rules import Action, refusal_code, sentence_of
from conversations.selection import Selection

VERBS = {
    Action.ASSIGN_TO_REPRESENTATIVE: "assigned",
    Action.TRANSFER_TO_REPRESENTATIVE: "transferred",
    Action.MONITOR: "monitored",
    Action.FORCE_CLOSE: "force closed",
    Action.MESSAGE_CUSTOMER: "messaged",
    Action.NOTIFY: "notified",
    Action.RELEASE: "released",
    Action.REMOVE: "removed",
    Action.SET_PRIORITY: "given a priority",
    Action.SET_TAGS: "tagged",
    Action.PIN_NOTE: "given a note",
}
# Possible on whatever is ongoing, so that it tells little: it comes after the rest.
MARKING = frozenset({Action.SET_PRIORITY, Action.SET_TAGS, Action.PIN_NOTE})
# What the line itself tells; all of it stands behind it.
IN_THE_LINE = 2


@dataclass(frozen=True, slots=True)
class Summary:
    """One command over the selection: `reasons` are (number, sentence), the most frequent first.

    `is_told` is false where only the command itself says why it isn't possible.
    """

    name: str
    verb: str
    allowed: int
    refused: int
    reasons: tuple[tuple[int, str], ...]
    is_told: bool


def summarize(selection: Selection, listing: Listing = ONGOING) -> list[Summary]:
    """One grouped query for all commands; one more to count what matches a filter."""
    if selection.is_too_large:
        return []
    commands = commands_of(listing)
    actions = {each: each.action_for(single=selection.single) for each in commands}
    found = _refusals(selection, list(actions.values()))
    possible = any(numbers[""] for numbers in found.values())
    return [_summary(each, found[actions[each]], selection, possible=possible) for each in commands]


def headline(summaries: Sequence[Summary], *, single: bool = False) -> str:
    """In one line: "2 can be force closed, 1 assigned"; of one conversation "can be assigned, force closed"."""
    possible = sorted(
        (each for each in summaries if each.allowed), key=lambda each: (each.name in MARKING, -each.allowed)
    )
    if not possible:
        return "Nothing can be done with the selected" if summaries else ""
    told = possible[:IN_THE_LINE]
    words = ", ".join(each.verb if single else f"{each.allowed:,} {each.verb}" for each in told)
    words = f"can be {words}" if single else words.replace(" ", " can be ", 1)
    more = len(possible) - len(told)
    return words + (f" and {more} more" if more > 0 else "")


def _refusals(selection: Selection, actions: Sequence[Action]) -> dict[Action, Counter[str]]:
    """For each action how many of the selected rows have which refusal, "" where it is allowed."""
    found: dict[Action, Counter[str]] = {action: Counter() for action in actions}
    if not actions:
        return found
    codes = {f"refusal_of_{action}": _code(action, selection) for action in actions}
    grouped = selection.queryset().order_by().annotate(**codes).values(*codes).annotate(rows=Count("pk"))
    for row in grouped:
        for action in actions:
            found[action][row[f"refusal_of_{action}"]] += row["rows"]
    return found


def _code(action: Action, selection: Selection) -> Case | Value:
    return refusal_code(action, selection.actor, bulk=not selection.single)


def _summary(command: Command, numbers: Counter[str], selection: Selection, *, possible: bool) -> Summary:
    """`possible` says whether any command can be used at all."""
    allowed = numbers.pop("", 0)
    # Chosen one by one, and since then closed to this person or deleted.
    if (gone := len(selection.versions) - allowed - numbers.total()) > 0:
        numbers["not_found"] = gone
    most_first = sorted(numbers.items(), key=lambda item: (-item[1], item[0]))
    reasons = tuple((number, sentence_of(code)) for code, number in most_first if number)
    # What can be done is told here, what can't on the buttons; the usual commands also where nothing can be done.
    is_told = bool(allowed) or not (possible or command.in_menu)
    return Summary(command.action.value, VERBS[command.action], allowed, numbers.total(), reasons, is_told)
