"""How many of the selected conversations a command can act on, and why not on the others."""

from dataclasses import dataclass

from django.db.models import Count

from conversations.commands import commands_of
from conversations.listing import ONGOING, Listing
from conversations.rules import Action, refusal_code, sentence_of
from conversations.selection import Selection

WORDS = {Action.FORCE_CLOSE: "can be force closed"}


@dataclass(frozen=True, slots=True)
class Summary:
    """One command over the selection: `reasons` are (number, sentence), the most frequent first."""

    words: str
    allowed: int
    refused: int
    reasons: tuple[tuple[int, str], ...]


def summarize(selection: Selection, listing: Listing = ONGOING) -> list[Summary]:
    """One grouped query for each command; one more to count what matches a filter."""
    if selection.is_too_large:
        return []
    return [_summary(each.action, selection) for each in commands_of(listing)]


def _summary(action: Action, selection: Selection) -> Summary:
    code = refusal_code(action, selection.actor, bulk=not selection.single)
    grouped = selection.queryset().order_by().annotate(refusal=code).values("refusal").annotate(rows=Count("pk"))
    numbers = dict(grouped.values_list("refusal", "rows"))
    allowed = numbers.pop("", 0)
    # Chosen one by one, and since then closed to this person or deleted.
    if (gone := len(selection.versions) - allowed - sum(numbers.values())) > 0:
        numbers["not_found"] = gone
    most_first = sorted(numbers.items(), key=lambda item: (-item[1], item[0]))
    reasons = tuple((number, sentence_of(code)) for code, number in most_first if number)
    return Summary(WORDS[action], allowed, sum(number for number, _ in reasons), reasons)
