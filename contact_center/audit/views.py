"""The audit page: newest first, for administrators and auditors."""

from urllib.parse import urlencode

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from contact_center.audit import presenters, reading
from contact_center.tenancy.access import OrganizationRequest, organization_view
from contact_center.tenancy.roles import Right
from contact_center.web.pagination import DEFAULT_PAGE_SIZE, count_rows
from contact_center.web.place import Place, neighbours, pagination
from contact_center.web.render import render_page_or_fragment


@require_safe
@organization_view(Right.READ_AUDIT)
def audit(request: OrganizationRequest, organization: str) -> HttpResponse:
    place, shown = Place.of(request.GET), reading.audit_filter(request.GET, request.actor)
    url = reverse("audit:list", args=[organization])
    page, events = reading.event_page(place, shown)
    names = reading.names_of(event.membership_id for event in events)
    context = {
        "page": {
            "list_url": url,
            "query": urlencode([*shown.pairs(), *place.parameters.items()]),
            "count": str(count_rows(shown.apply(reading.events()))),
        },
        "chips": shown.chips(url),
        "filter_fields": shown.controls(),
        "filter_state": [] if place.size == DEFAULT_PAGE_SIZE else [{"name": "size", "value": place.size}],
        "filter_notices": shown.notices,
        "conversation": " ".join(shown.values.get("conversation", ())),
        "events": [presenters.event_row(event, names, slug=organization, page_url=url) for event in events],
        "empty": _empty(url, filtered=not shown.is_default),
        "pagination": pagination(url, place, shown.pairs(), neighbours(page)),
    }
    return render_page_or_fragment(request, "audit/list.html", "audit/_list_body.html", context, target="list-body")


def _empty(url: str, *, filtered: bool) -> dict[str, str]:
    if filtered:
        text = "Nothing in the log matches these filters."
        return {"icon": "filter", "title": "None of these", "text": text, "url": url, "label": "Show all"}
    return {"icon": "shield", "title": "Nothing logged yet", "text": "Whatever changes a conversation appears here."}
