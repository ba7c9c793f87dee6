"""Everything the templates of the audit page are given, for the page and for its live view alike."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from contact_center.audit import presenters, reading
from contact_center.audit.models import AuditEvent
from contact_center.tenancy.access import Actor
from contact_center.web.pagination import DEFAULT_PAGE_SIZE, count_rows
from contact_center.web.place import Place, neighbours, pagination
from contact_center.web.query_filter import QueryFilter


def context(actor: Actor, place: Place, shown: QueryFilter) -> dict[str, Any]:
    """Five queries at most beside those of the filter; one more on a later page."""
    url = url_of(actor)
    page, events = reading.event_page(place, shown)
    query = urlencode([*shown.pairs(), *place.parameters.items()])
    since = {"since": reading.newest(shown)} if is_later(place) else {}
    return {
        "page": {
            "list_url": url,
            "ws_url": f"/ws/o/{actor.organization_slug}/audit/?{_joined(query, since)}",
            "query": query,
            "count": count(shown),
        },
        "chips": shown.chips(url),
        "filter_fields": shown.controls(),
        "filter_state": [] if place.size == DEFAULT_PAGE_SIZE else [{"name": "size", "value": place.size}],
        "filter_notices": shown.notices,
        "conversation": " ".join(shown.values.get("conversation", ())),
        "events": rows(events, actor),
        "empty": empty(url, filtered=not shown.is_default),
        "pagination": pages(actor, place, shown, neighbours(page)),
    }


def _joined(query: str, more: Mapping[str, str]) -> str:
    return "&".join(part for part in (query, urlencode(more)) if part)


def is_later(place: Place) -> bool:
    """Not the first page: what is new enters elsewhere."""
    return bool(place.after or place.before)


def rows(events: Sequence[AuditEvent], actor: Actor) -> list[dict[str, Any]]:
    """One query, for the names."""
    names = reading.names_of(event.membership_id for event in events)
    slug, url = actor.organization_slug, url_of(actor)
    return [presenters.event_row(event, names, slug=slug, page_url=url) for event in events]


def count(shown: QueryFilter) -> str:
    return str(count_rows(shown.apply(reading.events())))


def pages(actor: Actor, place: Place, shown: QueryFilter, beside: Mapping[str, str]) -> dict[str, Any]:
    return pagination(url_of(actor), place, shown.pairs(), beside)


def first_page_url(actor: Actor, place: Place, shown: QueryFilter) -> str:
    parameters = [*shown.pairs(), *Place(place.size).parameters.items()]
    return url_of(actor) + (f"?{urlencode(parameters)}" if parameters else "")


def empty(url: str, *, filtered: bool) -> dict[str, str]:
    if filtered:
        text = "Nothing in the log matches these filters."
        return {"icon": "filter", "title": "None of these", "text": text, "url": url, "label": "Show all"}
    return {"icon": "shield", "title": "Nothing logged yet", "text": "Whatever changes a conversation appears here."}


def url_of(actor: Actor) -> str:
    return reverse("audit:list", args=[actor.organization_slug])
