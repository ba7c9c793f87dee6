"""A grid of figures: its columns, its order and its pages, as an address carries them."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from django.db.models import Q
from django.http import QueryDict

from analytics.narrowing import Narrowing
from contact_center.web.query_filter import Field

PAGE_SIZE = 100


def _by_name(values: Sequence[str]) -> Q:
    found = Q()
    for value in values:
        found |= Q(name__icontains=value)
    return found


# The name has a box of its own on the page.
NAME = Field("q", "Name", {}, _by_name, lambda value: value)
SORTED_UP, SORTED_DOWN = "ascending", "descending"


class Row(Protocol):
    @property
    def id(self) -> int: ...

    @property
    def name(self) -> str: ...


@dataclass(frozen=True)
class Column:
    """`value` is what rows are ordered by; a column without it can't be sorted. Figures begin with the largest."""

    name: str
    label: str
    value: Callable[[Any], Any] | None = None
    largest_first: bool = True


_R = TypeVar("_R", bound=Row)


@dataclass(frozen=True)
class Shown:
    """What one address shows of a grid: the filter, the order, the page."""

    narrowing: Narrowing
    columns: tuple[Column, ...]
    sort: Column
    descending: bool
    page: int

    @classmethod
    def from_query(cls, query: QueryDict, narrowing: Narrowing, columns: Sequence[Column]) -> "Shown":
        """By name and from the first page where the address says nothing that makes sense."""
        typed = query.get("sort", "")
        sort = next((each for each in columns if each.value and each.name == typed.removeprefix("-")), None)
        page = query.get("page", "")
        number = int(page) if page.isdecimal() and len(page) <= 4 else 1
        return cls(
            narrowing, tuple(columns), sort or columns[0], sort is not None and typed.startswith("-"), max(number, 1)
        )

    @property
    def key(self) -> tuple[object, ...]:
        pairs = self.narrowing.filter.pairs()
        return (
            self.narrowing.scope.key,
            self.narrowing.span,
            pairs,
            self._order(self.sort, self.descending),
            self.page,
        )

    def query_string(self, **more: str) -> str:
        order = self._order(self.sort, self.descending)
        kept = {} if order == self.columns[0].name else {"sort": order}
        return self.narrowing.query_string(**{**kept, **more})

    @property
    def current(self) -> str:
        """The address's query, page included."""
        return self.query_string(**({} if self.page == 1 else {"page": str(self.page)}))

    def state(self) -> list[dict[str, str]]:
        """What the filter's form carries along."""
        order = self._order(self.sort, self.descending)
        return [{"name": "period", "value": self.narrowing.span}, {"name": "sort", "value": order}]

    def page_of(self, rows: Iterable[_R]) -> tuple[list[_R], int]:
        """The page's rows in order, and how many there are in all. What has no value comes last either way."""
        value = self.sort.value or (lambda row: row.name)
        named = sorted(rows, key=lambda row: (row.name.casefold(), row.id))
        known = [row for row in named if value(row) is not None]
        ordered = sorted(known, key=value, reverse=self.descending) + [row for row in named if value(row) is None]
        start = (self.page - 1) * PAGE_SIZE
        return ordered[start : start + PAGE_SIZE], len(ordered)

    def heads(self, url: str) -> list[dict[str, str]]:
        """For analytics/grids/_table.html."""
        found = []
        for column in self.columns:
            head = {"name": column.name, "label": column.label, "sort_url": "", "sort": ""}
            if column.value:
                is_current = column is self.sort
                descending = not self.descending if is_current else column.largest_first
                head["sort_url"] = f"{url}?{self.narrowing.query_string(sort=self._order(column, descending))}"
                head["sort"] = (SORTED_DOWN if self.descending else SORTED_UP) if is_current else ""
            found.append(head)
        return found

    def pagination(self, url: str, total: int) -> dict[str, str]:
        """For conversations/_pagination.html."""

        def address(page: int) -> str:
            return f"{url}?{self.query_string(page=str(page))}"

        return {
            "id": "pages",
            "label": f"{total:,} in all" if total > PAGE_SIZE else "",
            "previous_url": address(self.page - 1) if self.page > 1 else "",
            "next_url": address(self.page + 1) if self.page * PAGE_SIZE < total else "",
        }

    @staticmethod
    def _order(column: Column, descending: bool) -> str:
        return f"-{column.name}" if descending else column.name
