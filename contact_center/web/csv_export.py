"""CSV as a stream: some rows at a time, each lot read in a scope of its own, and no cell is taken for a formula."""

import csv
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIRequest
from django.db.models import QuerySet
from django.http import HttpRequest, StreamingHttpResponse

from contact_center.tenancy.scope import organization_scope
from contact_center.web.pagination import Anchor, Keyset, read_page

# A spreadsheet takes a cell that begins like this for a formula; in some languages the wide characters as well.
RISKY = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
# Spreadsheets read UTF-8 only with it.
BYTE_ORDER_MARK = "\ufeff"

Place = TypeVar("Place")
# From a place (None: the beginning), the rows there and the place after them (None: the end).
Read = Callable[[Place | None], tuple[Sequence[Iterable[Any]], Place | None]]


class _Echo:
    """What csv writes into; every line goes straight on."""

    def write(self, line: str) -> str:
        return line


def safe(value: Any) -> Any:
    """Text that begins like a formula is led by an apostrophe, so that it is text for a spreadsheet too."""
    if isinstance(value, str) and value.lstrip(" ").startswith(RISKY):
        return f"'{value}"
    return value


def moment(at: datetime | None, time_zone: str) -> str:
    """ISO 8601 in the person's time zone, which spreadsheets and programs read alike."""
    return at.astimezone(ZoneInfo(time_zone)).isoformat(timespec="seconds") if at else ""


def read_lot(
    rows: QuerySet[Any], keyset: Keyset, place: Anchor | None, size: int
) -> tuple[Sequence[int], Anchor | None]:
    """The ids of the lot at this place and where the next one begins. One query.

    A place that is gone would lead to the beginning again; the export ends there instead.
    """
    page = read_page(rows, keyset, size=size, anchor=place)
    if place is not None and page.anchor is None:
        return [], None
    return [row[0] for row in page.rows], page.next


def stream(
    request: HttpRequest, name: str, organization_id: int, heading: Iterable[str], read: Read[Any]
) -> StreamingHttpResponse:
    """The request's own scope has ended when the rows are read. No transaction is open while a lot is sent."""
    lots = _lots(organization_id, heading, read)
    content = _in_threads(lots) if isinstance(request, ASGIRequest) else lots
    response = StreamingHttpResponse(content, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    # What one may see now isn't for a shared cache, nor for whoever uses this computer next.
    response["Cache-Control"] = "private, no-store"
    return response


def _lots(organization_id: int, heading: Iterable[str], read: Read[Any]) -> Iterator[str]:
    writer = csv.writer(_Echo())
    yield BYTE_ORDER_MARK + writer.writerow(heading)
    place, begun = None, False
    while place is not None or not begun:
        with organization_scope(organization_id):
            rows, place = read(place)
        begun = True
        yield "".join(writer.writerow([safe(value) for value in row]) for row in rows)


async def _in_threads(lots: Iterator[str]) -> AsyncIterator[str]:
    """Django would gather everything first, were it given the plain iterator."""
    while (lot := await sync_to_async(_next)(lots)) is not None:
        yield lot


def _next(lots: Iterator[str]) -> str | None:
    """No StopIteration may leave a thread."""
    return next(lots, None)
