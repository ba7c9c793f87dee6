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
    """The row a page begins after, or ends before. `more` holds its values of the keyset's further keys."""

    value: Any
    id: int
    forward: bool = True
    more: tuple[Any, ...] = ()


@dataclass(frozen=True, slots=True)
class SortKey:
    """One value to order by. Empty values come last whatever the direction."""

    value: Expression | F
    descending: bool
    nullable: bool = False

    def ordering(self, *, backward: bool) -> OrderBy:
        nulls = {"nulls_first" if backward else "nulls_last": True} if self.nullable else {}
        return OrderBy(self.value, descending=self.descending != backward, **nulls)

    def beyond(self, alias: str, value: Any, *, forward: bool) -> Q:
        """What stands strictly after this value, or before it."""
        if value is None:
            return Q(pk__in=[]) if forward else Q(**{f"{alias}__isnull": False})
        compare = "lt" if self.descending == forward else "gt"
        found = Q(**{f"{alias}__{compare}": value})
        return found | Q(**{f"{alias}__isnull": True}) if self.nullable and forward else found

    def equal(self, alias: str, value: Any) -> Q:
        return Q(**{f"{alias}__isnull": True}) if value is None else Q(**{alias: value})

    def bound(self, alias: str, value: Any, *, forward: bool) -> Q:
        """The comparison that an index can use: this value and whatever stands beyond it."""
        if value is None or (self.nullable and forward):
            return Q()
        return Q(**{f"{alias}__{'lt' if self.descending == forward else 'gt'}e": value})


@dataclass(frozen=True, slots=True)
class Keyset:
    """An order: by a value, then by `more` values, at last by id.

    `newest_first` orders equal values by falling id whatever the direction.
    """

    value: Expression | F
    descending: bool
    nullable: bool = False
    newest_first: bool = False
    more: tuple[SortKey, ...] = ()

    @property
    def keys(self) -> tuple[SortKey, ...]:
        return (SortKey(self.value, self.descending, self.nullable), *self.more)

    @property
    def id_descending(self) -> bool:
        return self.descending or self.newest_first

    def sorted(self, rows: QuerySet[Any], *, backward: bool = False) -> QuerySet[Any]:
        """The rows in this order, or in its reverse."""
        by_id = OrderBy(F("pk"), descending=self.id_descending != backward)
        return rows.order_by(*(key.ordering(backward=backward) for key in self.keys), by_id)

    def beyond(self, rows: QuerySet[Any], anchor: Anchor) -> QuerySet[Any]:
        """The rows that come after the anchor, or before it."""
        aliases = {f"sort_value_{position}": key for position, key in enumerate(self.keys)}
        found, same = Q(pk__in=[]), Q()
        for (alias, key), value in zip(aliases.items(), (anchor.value, *anchor.more), strict=True):
            found |= same & key.beyond(alias, value, forward=anchor.forward)
            same &= key.equal(alias, value)
        next_id = Q(**{f"pk__{'lt' if self.id_descending == anchor.forward else 'gt'}": anchor.id})
        bound = self.keys[0].bound("sort_value_0", anchor.value, forward=anchor.forward)
        rows = rows.alias(**{alias: key.value for alias, key in aliases.items()})
        return rows.filter(bound & (found | same & next_id))


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
    """One page of (id, sort value, *columns, *further sort values) in one query, or in two when it is gone.

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
        previous=_anchor(shown[0], keyset, forward=False) if has_previous else None,
        next=_anchor(shown[-1], keyset, forward=True) if has_next else None,
        anchor=anchor,
    )


def _fetch(
    rows: QuerySet[Any], keyset: Keyset, size: int, anchor: Anchor | None, columns: Sequence[str]
) -> list[tuple[Any, ...]]:
    if anchor is not None:
        rows = keyset.beyond(rows, anchor)
    ordered = keyset.sorted(rows, backward=anchor is not None and not anchor.forward)
    more = {f"row_value_{position}": key.value for position, key in enumerate(keyset.more)}
    named = ordered.annotate(row_value=keyset.value, **more)
    return list(named.values_list("pk", "row_value", *columns, *more)[: size + 1])


def _anchor(row: tuple[Any, ...], keyset: Keyset, *, forward: bool) -> Anchor:
    return Anchor(row[1], row[0], forward, row[len(row) - len(keyset.more) :])


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
