"""*Find a queue*: the queues that could take the conversations, narrowed by what the person typed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

from django.db.models import F

from conversations.rules import Refusal
from conversations.rules.targets import has_members, why_no_queue
from routing.models import Queue


@dataclass(frozen=True, slots=True)
class QueueFilter:
    """As typed; an empty one doesn't narrow."""

    queue_name: str = ""
    intent_based: str = ""
    priority: str = ""

    @classmethod
    def of(cls, typed: Mapping[str, Any]) -> "QueueFilter":
        return cls(**{field.name: str(typed.get(field.name) or "").strip()[:80] for field in fields(cls)})


@dataclass(frozen=True, slots=True)
class QueueLine:
    """One queue, with the reason where it can't be chosen."""

    queue: Queue
    refusal: Refusal | None


@dataclass(frozen=True, slots=True)
class OfferedQueues:
    """The queues listed, what the priority filter offers, and why when there is none."""

    lines: list[QueueLine]
    priorities: list[int]
    none: str = ""


def find_queues(kind: str, chosen: QueueFilter, *, current_id: int | None) -> OfferedQueues:
    """Active queues of the kind by name, the current one left out; those without members can't be chosen. One query."""
    queues = Queue.objects.filter(kind=kind, is_active=True).annotate(staffed=has_members())
    rows = list(queues.exclude(pk=current_id or 0).order_by(F("name").asc(), "pk"))
    lines = [QueueLine(row, why_no_queue(row, kind, has_members=row.staffed)) for row in rows if _fits(row, chosen)]
    return OfferedQueues(lines, sorted({row.priority for row in rows if row.priority}), _why_none(rows, lines))


def _fits(queue: Queue, chosen: QueueFilter) -> bool:
    return (
        chosen.queue_name.casefold() in queue.name.casefold()
        and (not chosen.intent_based or queue.intent_based == (chosen.intent_based == "yes"))
        and (not chosen.priority or str(queue.priority or "none") == chosen.priority)
    )


def _why_none(rows: Sequence[Queue], lines: list[QueueLine]) -> str:
    if lines:
        return ""
    if rows:
        return "No queue matches. Take a filter off."
    return "There is no other active queue for this kind of work. Ask an administrator to add one."
