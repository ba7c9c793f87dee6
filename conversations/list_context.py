"""Everything the list's templates are given, for the page and for the live view alike."""

from collections.abc import Iterable
from typing import Any

from django.urls import reverse

from contact_center.tenancy.access import Actor
from contact_center.tenancy.models import User
from contact_center.web.pagination import PAGE_SIZES, Count
from conversations.columns import COLUMNS
from conversations.commands import list_bar
from conversations.filter_fields import ANY_STATUS, MESSAGES
from conversations.filters import ConversationFilter
from conversations.listing import ONGOING, Listing
from conversations.presenters import ConversationRow
from conversations.queries import ListPage
from conversations.rows import row_template
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
            "row_template": row_template(shown.columns.names),
            "search_hint": listing.search_hint,
            "list_url": list_url,
            "query": shown.stored(**page.current),
            "ws_url": f"/ws/o/{actor.organization_slug}/{listing.name}/?{shown.query_string(**page.current)}",
            "count": str(count),
        },
        "q": shown.text,
        "also_messages": {"offered": not shown.choices.no_messages, "chosen": shown.searches_messages},
        "chips": [
            {"label": chip.label, "value": chip.value, "remove_url": with_query(list_url, chip.query_without)}
            for chip in shown.chips()
        ],
        "filter_fields": filter_fields(shown),
        "filter_state": [{"name": name, "value": value} for name, value in _carried(shown)],
        "filter_notices": list(dict.fromkeys(shown.notices)),
        "columns": _columns(shown, list_url),
        "column_choice": _column_choice(shown, list_url),
        "densities": [{"value": value, "label": label} for value, label in User.Density.choices],
        "preferences_url": reverse("preferences", args=[actor.organization_slug]),
        "view": view_context(actor, shown),
        "export_url": with_query(
            reverse("conversations:export", args=[actor.organization_slug]), shown.query_string(list=listing.name)
        ),
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


def view_context(actor: Actor, shown: ConversationFilter) -> dict[str, Any]:
    """The view in the selector: its name, whether it was edited, and where one chooses and saves."""
    view, slug = shown.view, actor.organization_slug
    at = f"?{shown.query_string(list=shown.listing.name)}"
    unnamed = f"Unsaved {shown.listing.noun}" if shown.definition else "All ongoing"
    can_save = bool(shown.definition) and (view is None or shown.is_edited) and actor.may(shown.listing.keeping)
    return {
        "name": view.name if view else unnamed,
        "noun": shown.listing.noun,
        "is_edited": shown.is_edited,
        "can_save": can_save,
        # A list whose views have a page of their own has no selector.
        "chooser_url": "" if shown.listing.home_url_name else reverse("conversations:views", args=[slug]) + at,
        "save_url": reverse("conversations:save-view", args=[slug]) + at,
    }


def list_url_of(actor: Actor, listing: Listing = ONGOING) -> str:
    return reverse(listing.url_name, args=[actor.organization_slug])


def details_url_of(actor: Actor) -> str:
    """Below it lies each conversation's page."""
    return list_url_of(actor, ONGOING)


def with_query(url: str, query: str) -> str:
    return f"{url}?{query}" if query else url


def filter_fields(shown: ConversationFilter) -> list[dict[str, Any]]:
    return [
        {
            "name": field.name,
            "label": field.label,
            "control": field.control.value,
            "chosen": sum(chosen for _, _, chosen in options),
            "options": [{"value": value, "label": label, "checked": chosen} for value, label, chosen in options],
        }
        for field, options in shown.controls()
    ]


def _carried(shown: ConversationFilter) -> list[tuple[str, str]]:
    """What the filter form has no control for but must not lose: the view, other filters, sort, columns, page size."""
    controlled = {field.name for field, _ in shown.controls()} | {
        "q",
        "sort",
        *([] if shown.choices.no_messages else [MESSAGES]),
    }
    more = [(name, value) for name, value in shown.definition_pairs() if name not in controlled]
    # With the sort beside it, a view's key means what was made of the view, even where every filter was taken out.
    return [
        *_view_and_size(shown),
        ("sort", str(shown.order)),
        *more,
        *(("status", value) for value in shown.values.get("status", ()) if value == ANY_STATUS),
    ]


def _view_and_size(shown: ConversationFilter) -> list[tuple[str, str]]:
    return [(name, value) for name, value in shown.pairs() if name in ("view", "size")]


def _columns(shown: ConversationFilter, list_url: str) -> list[dict[str, Any]]:
    columns = []
    for each, width in shown.columns:
        column: dict[str, Any] = {"name": each.name, "label": each.label, "css": each.css, "width": width or ""}
        column |= {"sort_url": "", "also_url": "", "sort": "", "place": ""}
        if each.sort:
            first, also = shown.order.reversed_or_first(each.sort), shown.order.reversed_or_added(each.sort)
            column["sort_url"] = with_query(list_url, shown.ordered(first).query_string())
            column["also_url"] = with_query(list_url, shown.ordered(also).query_string())
            place = shown.order.place_of(each.sort)
            if place is not None:
                column["sort"] = "descending" if shown.order.keys[place].descending else "ascending"
                column["place"] = place + 1 if len(shown.order.keys) > 1 else ""
        columns.append(column)
    return columns


def _column_choice(shown: ConversationFilter, list_url: str) -> dict[str, Any]:
    """For the panel in which columns are chosen and put in order: the shown ones first, in their order."""
    names = shown.columns.names
    widths = dict(shown.columns.chosen)
    others = [name for name in shown.listing.offered_columns if name not in names]
    return {
        "options": [
            {
                "value": name if widths.get(name) is None else f"{name}:{widths[name]}",
                "label": COLUMNS[name].label,
                "checked": name in names,
                "always": name == "subject",
            }
            for name in (*names, *others)
        ],
        "is_usual": shown.columns == shown.listing.columns,
        "carried": [
            {"name": name, "value": value}
            for name, value in (*_view_and_size(shown), *shown.definition_pairs())
            if name != "columns"
        ],
        "reset_url": with_query(list_url, shown.showing(shown.listing.columns).query_string()),
    }


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
