"""What the pages read, each in a fixed number of queries whatever the number of rows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from contact_center.tenancy.access import Actor
from contact_center.web.pagination import Anchor, read_page
from conversations.columns import Columns
from conversations.filters import ConversationFilter
from conversations.models import Conversation
from conversations.sorting import Cursor
from conversations.visibility import visible_to

# Everything a row shows; names come with one join each.
ROW_COLUMNS = (
    "pk",
    "version",
    "subject",
    "customer_name",
    "kind",
    "channel",
    "mode",
    "elevated_to",
    "status",
    "status_reason",
    "transfer_pending",
    "hand_raised_at",
    "hand_note",
    "priority",
    "sentiment_score",
    "created_at",
    "queued_at",
    "accepted_at",
    "closed_at",
    "queue__name",
    "queue__service_level_seconds",
    "queue__first_response_seconds",
    "representative__name",
)


@dataclass(frozen=True, slots=True)
class ListPage:
    """Which conversations stand on a page, in order, with the cursors of its neighbours ("" where there are none)."""

    ids: tuple[int, ...]
    stamps: tuple[int, ...]
    current: Mapping[str, str]
    previous: str
    next: str


def list_page(shown: ConversationFilter, rows: QuerySet[Conversation], cursor: Cursor | None) -> ListPage:
    """Ids and stamps of one page of the filter's rows.

    One query; two when the page asked for is gone and the first is shown instead.
    """
    as_of = cursor.as_of if cursor else timezone.now()
    by_queued_at = shown.sorts_running_waits
    page = read_page(
        rows,
        shown.order.keyset(as_of, by_queued_at=by_queued_at),
        size=shown.size,
        anchor=_turned(cursor.anchor, as_of, by_queued_at) if cursor else None,
        columns=("row_stamp",),
    )

    def encoded(anchor: Anchor | None) -> str:
        return Cursor(_turned(anchor, as_of, by_queued_at), as_of).encode(shown.order) if anchor else ""

    direction = "before" if page.anchor and not page.anchor.forward else "after"
    return ListPage(
        ids=tuple(row[0] for row in page.rows),
        stamps=tuple(row[2] for row in page.rows),
        current={direction: encoded(page.anchor)} if page.anchor else {},
        previous=encoded(page.previous),
        next=encoded(page.next),
    )


def _turned(anchor: Anchor, as_of: datetime, by_queued_at: bool) -> Anchor:
    """A cursor holds a wait; what is compared is the moment of entry, and the one is as far from now as the other."""
    return replace(anchor, value=as_of - anchor.value) if by_queued_at else anchor


def list_rows(ids: Sequence[int], actor: Actor, columns: Columns) -> dict[int, dict[str, Any]]:
    """What the list's rows of these conversations show, by id, of those this person may see. One query."""
    found = visible_to(actor).filter(pk__in=ids).values(*ROW_COLUMNS, *columns.reads, **columns.computed)
    return {row["pk"]: row for row in found}


def cursor_of(query: Mapping[str, Any], shown: ConversationFilter) -> Cursor | None:
    """The cursor in a query string; None for the first page, and for one that doesn't fit the order."""
    if before := query.get("before"):
        return Cursor.decode(before, shown.order, forward=False)
    after = query.get("after")
    return Cursor.decode(after, shown.order, forward=True) if after else None
