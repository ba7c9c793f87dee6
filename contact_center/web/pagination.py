"""Keyset pages in both directions: neighbours are found by a value and an id, never by an offset or a count."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.db.models import Expression, F, Q, QuerySet
from django.db.models.expressions import OrderBy

PAGE_SIZES = (25, 50, 100, 200)
DEFAULT_PAGE_SIZE = 50
# Beyond this many the exact number is not worth its time.
COUNTED_TO = 10_000


@dataclass(frozen=True, slots=True)
class Anchor:
    """The row a page begins after, or ends before."""

    value: Any
    id: int
    forward: bool = True


@dataclass(frozen=True, slots=True)
class Keyset:
    """An order: by a value, then by id. `newest_first` orders equal values by falling id whatever the direction."""

    value: Expression | F
    descending: bool
    nullable: bool = False
    newest_first: bool = False

    @property
    def id_descending(self) -> bool:
        return self.descending or self.newest_first

    def sorted(self, rows: QuerySet[Any], *, backward: bool = False) -> QuerySet[Any]:
        """The rows in this order, or in its reverse. Empty values come last whatever the direction."""
        descending = self.descending != backward
        nulls = {"nulls_first" if backward else "nulls_last": True} if self.nullable else {}
        by_id = OrderBy(F("pk"), descending=self.id_descending != backward)
        return rows.order_by(OrderBy(self.value, descending=descending, **nulls), by_id)

    def beyond(self, rows: QuerySet[Any], anchor: Anchor) -> QuerySet[Any]:
        """The rows that come after the anchor, or before it."""
        compare = "lt" if self.descending == anchor.forward else "gt"
        next_id = Q(**{f"pk__{'lt' if self.id_descending == anchor.forward else 'gt'}": anchor.id})
        rows = rows.alias(sort_value=self.value)
        if anchor.value is None:
            same = Q(sort_value__isnull=True) & next_id
            return rows.filter(same if anchor.forward else same | Q(sort_value__isnull=False))
        # The first comparison alone is what an index can use as a bound.
        bound = Q(**{f"sort_value__{compare}e": anchor.value})
        found = bound & (Q(**{f"sort_value__{compare}": anchor.value}) | next_id)
        return rows.filter(found | Q(sort_value__isnull=True) if self.nullable and anchor.forward else found)


_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Page(Generic[_T]):
    """Some rows in order, with the anchors of their neighbours (None where there are none)."""

    rows: Sequence[_T]
    previous: Anchor | None
    next: Anchor | None
    # Where this page begins or ends itself; None on the first page.
    anchor: Anchor | None = None


def read_page(
    rows: QuerySet[Any], keyset: Keyset, *, size: int, anchor: Anchor | None, columns: Sequence[str] = ()
) -> Page[tuple[Any, ...]]:
    """One page of (id, sort value, *columns) in one query, or in two when the page asked for no longer exists.

    Going back beyond the first page leads to the first page, so that new rows show on top of it.
    """
    found = _fetch(rows, keyset, size, anchor, columns)
    if anchor is not None and (not found or (not anchor.forward and len(found) <= size)):
        anchor, found = None, _fetch(rows, keyset, size, None, columns)
    more, shown = len(found) > size, found[:size]
    backward = anchor is not None and not anchor.forward
    if backward:
        shown.reverse()
    has_previous = more if backward else anchor is not None
    has_next = backward or more
    return Page(
        shown,
        previous=Anchor(shown[0][1], shown[0][0], forward=False) if has_previous else None,
        next=Anchor(shown[-1][1], shown[-1][0]) if has_next else None,
        anchor=anchor,
    )


def _fetch(
    rows: QuerySet[Any], keyset: Keyset, size: int, anchor: Anchor | None, columns: Sequence[str]
) -> list[tuple[Any, ...]]:
    if anchor is not None:
        rows = keyset.beyond(rows, anchor)
    ordered = keyset.sorted(rows, backward=anchor is not None and not anchor.forward)
    return list(ordered.annotate(row_value=keyset.value).values_list("pk", "row_value", *columns)[: size + 1])


@dataclass(frozen=True, slots=True)
class Count:
    """How many rows match: exact up to 10,000, "10,000+" beyond."""

    number: int
    exact: bool

    def __str__(self) -> str:
        return f"{self.number:,}" if self.exact else f"{self.number:,}+"


def count_rows(rows: QuerySet[Any]) -> Count:
    """One query that stops at 10,001 rows."""
    number = rows.order_by().values("pk")[: COUNTED_TO + 1].count()
    return Count(min(number, COUNTED_TO), number <= COUNTED_TO)


def page_size(typed: str | None) -> int | None:
    """The size asked for, the default where nothing is, None for what isn't offered."""
    if not typed:
        return DEFAULT_PAGE_SIZE
    return int(typed) if typed in {str(size) for size in PAGE_SIZES} else None
