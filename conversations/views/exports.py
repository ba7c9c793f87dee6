"""The export of a list: a dialog that says what the file will hold, and the file."""

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from contact_center.errors import Refused
from contact_center.tenancy.access import OrganizationRequest, organization_view
from contact_center.tenancy.roles import REFUSAL, Right
from conversations import exports
from conversations.filters import ConversationFilter
from conversations.listing import listing_of


@require_GET
@organization_view(Right.SUPERVISE)
def dialog(request: OrganizationRequest, organization: str) -> HttpResponse:
    """How many rows, which columns and whose time; nothing is read out yet."""
    shown = _shown(request)
    file_url = reverse("conversations:export-file", args=[organization])
    context = {
        "shown": shown,
        "number": exports.rows_to_export(shown).count(),
        "labels": [column.label for column, _ in shown.columns],
        "time_zone": request.actor.time_zone.replace("_", " "),
        "file_url": f"{file_url}?{shown.query_string(list=shown.listing.name)}",
    }
    return render(request, "conversations/_export_dialog.html", context)


@require_GET
@organization_view(Right.SUPERVISE)
def file(request: OrganizationRequest, organization: str) -> HttpResponseBase:
    return exports.conversations(request, request.actor, _shown(request))


def _shown(request: OrganizationRequest) -> ConversationFilter:
    listing = listing_of(request.GET)
    if not request.actor.may(listing.right):
        raise Refused(REFUSAL[listing.right])
    return ConversationFilter.from_query(request.GET, request.actor, listing)
