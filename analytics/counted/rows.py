"""The lines behind a figure: what happened to which conversation, as one supervisor may read it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import F, QuerySet

from analytics.counted.parts import OfferPart, Part, StayPart
from analytics.figures import NO_VALUE
from analytics.metrics.measures import Event, accepted_by
from analytics.scope import Period, Scope
from contact_center.web.templatetags.console import duration
from conversations.choices import Choices
from conversations.models import QueueSegment
from conversations.presenters import CHANNEL_ICONS, CHANNEL_LABELS
from conversations.states import OfferKind, OfferOutcome, SessionClosure
from routing.models import Representative

PAGE_SIZE = 100
ENTRIES: Mapping[str, str] = dict(QueueSegment.Entry.choices)
EXITS: Mapping[str, str] = dict(SessionClosure.choices)
OUT_OF_SIGHT = "In a queue that isn’t yours now"
ANOTHER_QUEUE = "another queue"
_OF_CONVERSATION = {
    "subject": F("conversation__subject"),
    "customer": F("conversation__customer_name"),
    "channel": F("conversation__channel"),
    "queue_now": F("conversation__queue_id"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """For analytics/counted/_body.html. `more` are (column, what stands in it).

    `url` is empty for what is out of the reader’s sight.
    """

    id: int
    at: str
    subject: str
    url: str
    customer: str
    channel_label: str
    channel_icon: str
    queue: str
    more: tuple[tuple[str, str], ...]


def lines(
    part: Part, found: QuerySet[Any], choices: Choices, details_url: str, *, page: int, longest_first: bool
) -> list[Line]:
    """One page of a part’s rows, the newest first. Three queries at most."""
    length = _length(part)
    order = [F(length).desc(nulls_last=True)] if longest_first and length else []
    values = {**_OF_CONVERSATION, **_columns(part, length)}
    start = (page - 1) * PAGE_SIZE
    ordered = found.order_by(*order, f"-{part.moment}", "-pk").values("pk", "conversation_id", **values)
    rows = list(ordered[start : start + PAGE_SIZE])
    people = _people(rows)
    return [_line(row, part, choices, details_url, people) for row in rows]


def number_of(part: Part, period: Period, scope: Scope, representative: int | None) -> int:
    return narrowed(part.rows(period, scope), representative).count()


def narrowed(found: QuerySet[Any], representative: int | None) -> QuerySet[Any]:
    """Of offers, those to one person."""
    return found if representative is None else found.filter(representative_id=representative)


def _length(part: Part) -> str:
    return part.length[0].of if part.length else ""


def _columns(part: Part, length: str) -> dict[str, Any]:
    if isinstance(part, OfferPart):
        return {
            "at": F("offered_at"),
            "in_queue": F("queue_then"),
            "who": F("representative_id"),
            "how": F("kind"),
            "answer": F("outcome"),
            "answered": F("answered_at"),
        }
    columns: dict[str, Any] = {"at": F(part.moment), "in_queue": F("queue_id"), "source": F("source_queue_id")}
    columns |= {"target": F("target_queue_id"), "began_by": F("entry"), "ended_by": F("exit")}
    if part.event is Event.ACCEPTED:
        columns["who"] = accepted_by()
    elif part.measure.name in ("closed", "handled", "transferred"):
        columns["who"] = F("conversation__representative_id")
    return columns | ({"took": F(length)} if length else {})


def _people(rows: list[dict[str, Any]]) -> dict[int, str]:
    ids = {row["who"] for row in rows if row.get("who")}
    return dict(Representative.objects.filter(pk__in=ids).values_list("pk", "name")) if ids else {}


def _line(row: dict[str, Any], part: Part, choices: Choices, details_url: str, people: Mapping[int, str]) -> Line:
    seen = choices.actor.queue_ids is None or row["queue_now"] in choices.actor.queue_ids
    return Line(
        id=row["pk"],
        at=row["at"].isoformat(),
        subject=row["subject"] if seen else OUT_OF_SIGHT,
        url=f"{details_url}{row['conversation_id']}/" if seen else "",
        customer=row["customer"] if seen else "",
        channel_label=CHANNEL_LABELS[row["channel"]],
        channel_icon=CHANNEL_ICONS[row["channel"]],
        queue=_queue(row["in_queue"], choices),
        more=_of_offer(row, people) if isinstance(part, OfferPart) else _of_stay(row, part, choices, people),
    )


def _queue(queue_id: int | None, choices: Choices) -> str:
    """A supervisor reads the names of their own queues only."""
    return choices.queues.get(str(queue_id), ANOTHER_QUEUE) if queue_id else NO_VALUE


def _of_offer(row: dict[str, Any], people: Mapping[int, str]) -> tuple[tuple[str, str], ...]:
    after = duration(row["answered"] - row["at"]) if row["answered"] else NO_VALUE
    return (
        ("Representative", people.get(row["who"], NO_VALUE)),
        ("Offered by", str(OfferKind(row["how"]).label)),
        ("Answer", str(OfferOutcome(row["answer"]).label)),
        ("After", after),
    )


def _of_stay(
    row: dict[str, Any], part: StayPart, choices: Choices, people: Mapping[int, str]
) -> tuple[tuple[str, str], ...]:
    found = []
    if part.measure.name in ("transfers_in", "overflow_in"):
        found.append(("From", _queue(row["source"], choices)))
    if part.measure.name in ("transfers_out", "overflow_out"):
        found.append(("To", _queue(row["target"], choices)))
    if "who" in row:
        found.append(("Representative", people.get(row["who"], NO_VALUE)))
    if part.length:
        found.append((part.length[1], NO_VALUE if row["took"] is None else duration(row["took"])))
    if part.event is Event.ENDED:
        found.append(("How it ended", EXITS.get(row["ended_by"], NO_VALUE)))
    else:
        found.append(("How it came", ENTRIES[row["began_by"]]))
    return tuple(found)
