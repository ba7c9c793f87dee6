"""The lists of conversations: the pages, the part of them that htmx replaces, and what a selection comes to."""

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from contact_center.tenancy.access import OrganizationRequest, organization_view
from contact_center.tenancy.roles import Right
from contact_center.web.pagination import count_rows
from contact_center.web.render import render_page_or_fragment, wants_fragment
from conversations import queries
from conversations.filters import ConversationFilter
from conversations.list_context import details_url_of, list_context
from conversations.listing import LISTINGS, ONGOING, RECORDS, Listing
from conversations.presenters import ConversationRow
from conversations.saved_views.builtin import ALL
from conversations.saved_views.reading import default_key
from conversations.selection import Selection
from conversations.selection_summary import headline, summarize


@require_safe
@organization_view(Right.SUPERVISE)
def conversation_list(request: OrganizationRequest, organization: str) -> HttpResponse:
    return listed(request, ONGOING)


@require_safe
@organization_view(Right.SUPERVISE)
def record_list(request: OrganizationRequest, organization: str) -> HttpResponse:
    return listed(request, RECORDS)


def listed(
    request: OrganizationRequest,
    listing: Listing,
    page_template: str = "conversations/list.html",
    more: Callable[[ConversationFilter], Mapping[str, Any]] = lambda shown: {},
) -> HttpResponse:
    """The page of a list. `more` is what its template needs beside the list; a fragment is the list alone."""
    actor = request.actor
    # An address without a query is the person's own start; htmx and links say what they mean.
    if not request.GET and not request.htmx and (key := default_key(actor, listing.name)) != ALL:
        return redirect(f"{request.path}?{urlencode({'view': key})}")
    shown = ConversationFilter.from_query(request.GET, actor, listing)
    matching = shown.rows()
    page = queries.list_page(shown, matching, queries.cursor_of(request.GET, shown))
    values = queries.list_rows(page.ids, actor, shown.columns)
    details_url = details_url_of(actor)
    rows = [ConversationRow(values[id], details_url) for id in page.ids if id in values]
    context = list_context(actor, shown, page, rows, count_rows(matching))
    if not wants_fragment(request, "list-body"):
        context |= more(shown)
    return render_page_or_fragment(request, page_template, "conversations/_list_body.html", context, target="list-body")


@require_POST
@organization_view(Right.SUPERVISE)
def selection_summary(request: OrganizationRequest, organization: str) -> HttpResponse:
    """How many of the selected conversations each command can act on. Posted: a thousand ids don't fit an address."""
    selection = Selection.from_request(request.POST, request.actor)
    listing = LISTINGS.get(request.GET.get("list", ""), ONGOING)
    summaries = summarize(selection, listing)
    context = {"summaries": summaries, "headline": headline(summaries, single=selection.single)}
    return render(request, "conversations/_selection_summary.html", context)
