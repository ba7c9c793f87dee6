"""Reads what a query gives each field of the filter, and keeps what makes no sense, to name it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from django.http import QueryDict

from conversations.choices import Choices
from conversations.filter_fields import FIELDS

# What a wrong value is repeated as, at most.
SHOWN = 60
# What isn't a field and yet is shown as a chip where it makes no sense.
WRONG_LABELS = {"view": "View"}
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Senseless:
    """A value that means nothing, or nothing to this person: it matches no row, and a notice names it.

    `of_others` are queues that a shared view may well name while this person sees nothing of them.
    """

    name: str
    value: str
    of_others: bool = False

    @property
    def shown(self) -> str:
        return "not among yours" if self.of_others else shortened(self.value)


@dataclass(frozen=True, slots=True)
class Chip:
    """One part of the filter, and the query that is left without it ("" where there is nothing to take away)."""

    label: str
    value: str
    query_without: str


def accepted_values(query: QueryDict, choices: Choices) -> tuple[dict[str, tuple[str, ...]], list[Senseless]]:
    """What each field was given, and what of it makes no sense."""
    values: dict[str, tuple[str, ...]] = {}
    senseless: list[Senseless] = []
    for each in FIELDS:
        typed = sorted({value.strip() for value in query.getlist(each.name)} - {""})
        accepted = tuple(value for value in typed if each.label_of(choices, value) is not None)
        senseless += [_senseless(each.name, value, choices) for value in typed if value not in accepted]
        if accepted:
            values[each.name] = accepted
    return values, senseless


def _senseless(name: str, value: str, choices: Choices) -> Senseless:
    return Senseless(name, value, name == "queue" and value.isdecimal() and choices.actor.queue_ids is not None)


def or_default(
    parse: Callable[[str], _T | None], name: str, query: QueryDict, default: _T, senseless: list[Senseless]
) -> _T:
    typed = query.get(name) or ""
    if not typed:
        return default
    found = parse(typed)
    if found is None:
        senseless.append(Senseless(name, typed))
        return default
    return found


def shortened(value: str) -> str:
    return value if len(value) <= SHOWN else f"{value[:SHOWN]}…"
