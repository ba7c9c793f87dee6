"""Reads files of dialogues and turns each into the calls of the HTTP API that play it. No network in here."""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

AUTHORS = ("customer", "representative")
# Subjects are shown in a list: the first words of what the customer wants.
SUBJECT_LENGTH = 80


@dataclass(frozen=True, slots=True)
class Turn:
    author: str
    text: str


@dataclass(frozen=True, slots=True)
class Dialogue:
    line: int
    id: str
    services: tuple[str, ...]
    turns: tuple[Turn, ...]

    @property
    def subject(self) -> str:
        words = " ".join(self.turns[0].text.split())
        if len(words) <= SUBJECT_LENGTH:
            return words
        return words[:SUBJECT_LENGTH].rsplit(" ", 1)[0] + " …"


@dataclass(frozen=True, slots=True)
class BadLine:
    line: int
    reason: str


def read_dialogues(lines: Iterable[str]) -> Iterator[Dialogue | BadLine]:
    """One dialogue a line; empty lines are passed over."""
    seen: set[str] = set()
    for number, text in enumerate(lines, start=1):
        if not text.strip():
            continue
        try:
            dialogue = _dialogue(number, text)
        except ValueError as reason:
            yield BadLine(number, str(reason))
            continue
        if dialogue.id in seen:
            yield BadLine(number, f"the id {dialogue.id} stands on an earlier line already")
            continue
        seen.add(dialogue.id)
        yield dialogue


def _dialogue(number: int, text: str) -> Dialogue:
    try:
        given = json.loads(text)
    except ValueError:
        raise ValueError("this is not JSON") from None
    if not isinstance(given, dict):
        raise ValueError("this is not an object")
    name, turns = given.get("id"), given.get("turns")
    if not isinstance(name, str) or not name.strip():
        raise ValueError("it has no id")
    if not isinstance(turns, list) or not turns:
        raise ValueError("it has no turns")
    parsed = tuple(_turn(position, turn) for position, turn in enumerate(turns, start=1))
    if parsed[0].author != "customer":
        raise ValueError("it begins with a representative, and conversations begin with a customer")
    services = given.get("services")
    named = tuple(str(service) for service in services) if isinstance(services, list) else ()
    return Dialogue(number, name.strip(), named, parsed)


def _turn(position: int, given: Any) -> Turn:
    if not isinstance(given, dict) or given.get("from") not in AUTHORS:
        raise ValueError(f"turn {position} is from neither customer nor representative")
    text = given.get("text")
    if not isinstance(text, str) or not text.strip():
        raise ValueError(f"turn {position} has no text")
    return Turn(given["from"], text)


def opening(dialogue: Dialogue, work_stream: str) -> dict[str, Any]:
    """The body that opens the conversation; the id of the dialogue makes a second run find it again."""
    return {
        "external_id": f"dialogue-{dialogue.id}",
        "work_stream": work_stream,
        "subject": dialogue.subject,
        "customer": {"external_id": f"dialogue-{dialogue.id}", "name": f"Caller {dialogue.id}"},
        "message": dialogue.turns[0].text,
    }


def following(dialogue: Dialogue, conversation: int, representative: str) -> list[dict[str, Any]]:
    """The other turns, as items of the batch call."""
    return [
        {
            "conversation": conversation,
            "external_id": f"dialogue-{dialogue.id}-{position}",
            "from": turn.author,
            "text": turn.text,
            **({"representative": representative} if turn.author == "representative" else {}),
        }
        for position, turn in enumerate(dialogue.turns)
        if position > 0
    ]


def representative_for(number: int, emails: Sequence[str]) -> str:
    """Dialogues go round the representatives."""
    return emails[number % len(emails)]


def batches(items: Sequence[dict[str, Any]], size: int) -> Iterator[list[dict[str, Any]]]:
    for _, group in groupby(enumerate(items), key=lambda pair: pair[0] // size):
        yield [item for _, item in group]
