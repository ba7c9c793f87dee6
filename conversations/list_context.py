"""Everything the list's templates are given, for the page and for the live view alike."""

from collections.abc import Iterable
from typing import Any

from django.urls import reverse

from contact_center.tenancy.access import Actor
from contact_center.web.pagination import PAGE_SIZES, Count
from conversations.commands import list_bar
from conversations.filters import ConversationFilter
from conversations.listing import ONGOING, Listing
from conversations.presenters import ConversationRow
from conversations.queries import ListPage
from conversations.selection import LIMIT


def list_context(
    actor: Actor, shown: ConversationFilter, page: ListPage, rows: Iterable[ConversationRow], count: Count
) -> dict[str, Any]:
    """The context of `conversations/_list_body.html`; `shown` has its choices loaded by then, nothing else is read."""
    listing, list_url = shown.listing, list_url_of(actor, shown.listing)
    summary_url = reverse("conversations:selection-summary", args=[actor.organization_slug])
    return {
        "page": {
            "heading": listing.heading,
            "name": listing.name,
            "row_template": listing.row_template,
            "search_hint": listing.search_hint,
            "list_url": list_url,
            "query": shown.stored(**page.current),
            "ws_url": f"/ws/o/{actor.organization_slug}/{listing.name}/?{shown.query_string(**page.current)}",
            "count": str(count),
        },
        "q": shown.text,
        "chips": [
            {"label": chip.label, "value": chip.value, "remove_url": with_query(list_url, chip.query_without)}
            for chip in shown.chips()
        ],
        "filter_fields": _filter_fields(shown),
        "filter_state": [{"name": name, "value": value} for name, value in _carried(shown)],
        "filter_notices": shown.notices,
        "columns": _columns(shown, list_url),
        "rows": rows,
        "empty": empty_state(shown, list_url, later_page=bool(page.current)),
        "selection": {
            "total": str(count),
            "limit": LIMIT,
            "summary_url": summary_url if listing is ONGOING else f"{summary_url}?list={listing.name}",
        },
        "pagination": pagination(shown, page, list_url),
        **list_bar(actor, listing),
    }


def list_url_of(actor: Actor, listing: Listing = ONGOING) -> str:
    return reverse(listing.url_name, args=[actor.organization_slug])


def details_url_of(actor: Actor) -> str:
    """Below it lies each conversation's page."""
    return list_url_of(actor, ONGOING)


def with_query(url: str, query: str) -> str:
    return f"{url}?{query}" if query else url


def _filter_fields(shown: ConversationFilter) -> list[dict[str, Any]]:
    return [
        {
            "name": field.name,
            "label": field.label,
            "options": [{"value": value, "label": label, "checked": chosen} for value, label, chosen in options],
        }
        for field, options in shown.controls()
    ]


def _carried(shown: ConversationFilter) -> list[tuple[str, str]]:
    """What the filter form has no control for but must not lose: other filters, sort and page size."""
    controlled = {field.name for field, _ in shown.controls()} | {"q"}
    more = [(name, value) for name, value in shown.pairs() if name not in controlled]
    return more + [("status", value) for value in shown.values.get("status", ()) if value == "any"]


def _columns(shown: ConversationFilter, list_url: str) -> list[dict[str, str]]:
    columns = []
    for each in shown.listing.columns:
        column = {"label": each.label, "css": each.css, "sort_url": "", "sort": ""}
        if each.sort:
            there = shown.ordered(shown.order.reversed_or_first(each.sort))
            column["sort_url"] = with_query(list_url, there.query_string())
            if shown.order.sort.name == each.sort:
                column["sort"] = "descending" if shown.order.descending else "ascending"
        columns.append(column)
    return columns


def pagination(shown: ConversationFilter, page: ListPage, list_url: str) -> dict[str, Any]:
    def neighbour(direction: str, cursor: str) -> str:
        return with_query(list_url, shown.query_string(**{direction: cursor})) if cursor else ""

    sizes = [
        {
            "value": size,
            "url": with_query(list_url, shown.of_size(size).query_string()),
            "current": size == shown.size,
        }
        for size in PAGE_SIZES
    ]
    return {
        "id": "pages",
        "page_sizes": sizes,
        "previous_url": neighbour("before", page.previous),
        "next_url": neighbour("after", page.next),
    }


def empty_state(shown: ConversationFilter, list_url: str, *, later_page: bool = False) -> dict[str, str]:
    """Why the list is empty, and the next step."""
    if later_page:
        text = "The conversations of this page have moved on."
        return {
            "icon": "inbox",
            "title": "Nothing left on this page",
            "text": text,
            "url": list_url,
            "label": "First page",
        }
    if shown.is_default:
        return {"icon": "inbox", "title": shown.listing.empty_title, "text": shown.listing.empty_text}
    text = "Remove a filter or change the search to see more. Conversations that come to match appear by themselves."
    return {
        "icon": "filter",
        "title": "No conversation matches",
        "text": text,
        "url": list_url,
        "label": shown.listing.show_all,
    }
