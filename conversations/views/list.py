"""All ongoing conversations: the page, the part of it that htmx replaces, and what a selection comes to."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST, require_safe

from contact_center.tenancy.access import OrganizationRequest, organization_view
from contact_center.tenancy.roles import Right
from contact_center.web.pagination import count_rows
from contact_center.web.render import render_page_or_fragment
from conversations import queries
from conversations.filters import ConversationFilter
from conversations.list_context import list_context, list_url_of
from conversations.presenters import ConversationRow
from conversations.selection import Selection
from conversations.selection_summary import summarize


@require_safe
@organization_view(Right.SUPERVISE)
def conversation_list(request: OrganizationRequest, organization: str) -> HttpResponse:
    actor = request.actor
    shown = ConversationFilter.from_query(request.GET, actor)
    matching = shown.rows()
    page = queries.list_page(shown, matching, queries.cursor_of(request.GET, shown))
    values = queries.list_rows(page.ids, actor)
    list_url = list_url_of(actor)
    rows = [ConversationRow(values[id], list_url) for id in page.ids if id in values]
    context = list_context(actor, shown, page, rows, count_rows(matching))
    return render_page_or_fragment(
        request, "conversations/list.html", "conversations/_list_body.html", context, target="list-body"
    )


@require_POST
@organization_view(Right.SUPERVISE)
def selection_summary(request: OrganizationRequest, organization: str) -> HttpResponse:
    """How many of the selected conversations each command can act on. Posted: a thousand ids don't fit an address."""
    selection = Selection.from_request(request.POST, request.actor)
    return render(request, "conversations/_selection_summary.html", {"summaries": summarize(selection)})
