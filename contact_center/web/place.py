"""Where in a list a page is, as its address says it, and the links to its neighbours."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import QueryDict

from contact_center.web.pagination import DEFAULT_PAGE_SIZE, PAGE_SIZES, Anchor, Page, page_size

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_CURSOR = re.compile(r"(\d{1,18})-(\d{1,18})\Z")


@dataclass(frozen=True, slots=True)
class Place:
    """Its size and the row it begins after or ends before."""

    size: int
    after: str = ""
    before: str = ""

    @classmethod
    def of(cls, query: QueryDict) -> "Place":
        """What can't be read leads to the first page."""
        after, before = (
            value if _CURSOR.match(value) else "" for value in (query.get("after", ""), query.get("before", ""))
        )
        return cls(page_size(query.get("size")) or DEFAULT_PAGE_SIZE, after, "" if after else before)

    @property
    def parameters(self) -> dict[str, str]:
        size = "" if self.size == DEFAULT_PAGE_SIZE else str(self.size)
        given = {"size": size, "after": self.after, "before": self.before}
        return {name: value for name, value in given.items() if value}

    def anchor(self, *, moments: bool) -> Anchor | None:
        found = _CURSOR.match(self.after or self.before)
        if found is None:
            return None
        number = int(found[1])
        try:
            value = _EPOCH + timedelta(microseconds=number) if moments else number
        except OverflowError:
            return None
        return Anchor(value, int(found[2]), forward=bool(self.after))


def cursor(anchor: Anchor | None) -> str:
    """The text that leads to a neighbouring page; empty where there is none."""
    if anchor is None:
        return ""
    value = anchor.value
    number = (value - _EPOCH) // timedelta(microseconds=1) if isinstance(value, datetime) else value
    return f"{number}-{anchor.id}"


def neighbours(page: Page[Any]) -> dict[str, str]:
    """The cursors that lead to the pages before and after; empty where there are none."""
    return {"before": cursor(page.previous), "after": cursor(page.next)}


def pagination(url: str, place: Place, kept: Sequence[tuple[str, str]], beside: Mapping[str, str]) -> dict[str, Any]:
    """For conversations/_pagination.html; `kept` is what else the address carries."""

    def there(there: Place) -> str:
        parameters = [*kept, *there.parameters.items()]
        return f"{url}?{urlencode(parameters)}" if parameters else url

    return {
        "id": "pages",
        "page_sizes": [
            {"value": size, "url": there(Place(size)), "current": size == place.size} for size in PAGE_SIZES
        ],
        "previous_url": there(Place(place.size, before=beside["before"])) if beside["before"] else "",
        "next_url": there(Place(place.size, after=beside["after"])) if beside["after"] else "",
    }
