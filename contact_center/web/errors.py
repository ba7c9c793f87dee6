"""Turns the errors of rules into answers: a page for a browser, a notice beside the page for htmx.

Whatever a view wrote before it failed is rolled back here: the scope around the request would commit it otherwise.
"""

from collections.abc import Callable

from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from contact_center.errors import Conflict, DomainError, Invalid, NotFound
from contact_center.tenancy.scope import organization_id_or_none

STATUS: tuple[tuple[type[DomainError], int], ...] = (
    (NotFound, 404),
    (Conflict, 409),
    (Invalid, 422),
    (DomainError, 403),
)
HEADINGS = {
    403: "This can’t be done",
    409: "This has changed in the meantime",
    422: "This can’t be read",
}


class DomainErrorMiddleware:
    """Stands innermost, so that no other middleware sees a half-done transaction as a success."""

    sync_capable = True
    async_capable = False

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if organization_id_or_none() is not None and connection.in_atomic_block:
            transaction.set_rollback(True)
        return answer(request, exception) if isinstance(exception, DomainError) else None


def status_of(error: DomainError) -> int:
    return next(status for kind, status in STATUS if isinstance(error, kind))


def answer(request: HttpRequest, error: DomainError) -> HttpResponse:
    status = status_of(error)
    if getattr(request, "htmx", False):
        return notice(sentence_of(error), level="warning" if status == 409 else "error", status=status)
    if status == 404:
        return HttpResponse(render_to_string("404.html", request=request), status=404)
    context = {"heading": HEADINGS[status], "text": sentence_of(error)}
    return HttpResponse(render_to_string("problem.html", context, request), status=status)


def sentence_of(error: DomainError) -> str:
    """For a conflict with what is true now."""
    current = error.current if isinstance(error, Conflict) else ""
    return f"{error.sentence} {current}".strip()


def notice(text: str, *, level: str = "info", status: int = 200) -> HttpResponse:
    """A toast and nothing else: what is on the page, an open dialog included, stays as it is."""
    body = render_to_string("components/_notice.html", {"level": level, "text": text})
    return HttpResponse(body, status=status, headers={"HX-Reswap": "none"})
