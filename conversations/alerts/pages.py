"""The page of alerts: stuck work, what is open, and the history; and the choice of what comes by e-mail."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import get_template
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from contact_center.tenancy.access import Actor, OrganizationRequest, organization_view
from contact_center.tenancy.roles import Right
from contact_center.web.pagination import DEFAULT_PAGE_SIZE, count_rows
from contact_center.web.place import Place, neighbours, pagination
from contact_center.web.query_filter import QueryFilter
from contact_center.web.render import render_page_or_fragment
from conversations import stuck
from conversations.alerts import choosing, history, judging, reading
from conversations.alerts.presenters import items
from conversations.list_context import list_url_of, with_query
from conversations.listing import ONGOING
from conversations.saved_views.builtin import BUILT_IN, STUCK_WORK
from conversations.saved_views.counts import view_counts
from conversations.saved_views.reading import views_of
from conversations.stuck import STUCK


@require_safe
@organization_view(Right.SUPERVISE)
def alert_list(request: OrganizationRequest, organization: str) -> HttpResponse:
    actor, place = request.actor, Place.of(request.GET)
    shown = history.history_filter(request.GET, actor)
    found = history.page(actor, shown, place)
    ids = [row[0] for row in found.rows]
    described, template = history.described(ids, actor), get_template("notifications/_alert_row.html")
    url = reverse("notifications:alerts", args=[organization])
    query = urlencode([*shown.pairs(), *place.parameters.items()])
    context = {
        "page": {
            "list_url": url,
            "ws_url": f"/ws/o/{organization}/alerts/?{query}",
            "query": query,
            "count": str(count_rows(history.rows(actor, shown))),
        },
        "chips": shown.chips(url),
        "filter_fields": shown.controls(),
        "filter_state": [] if place.size == DEFAULT_PAGE_SIZE else [{"name": "size", "value": place.size}],
        "filter_notices": shown.notices,
        "stuck": stuck_work(actor),
        "silent_since": silent_since(),
        "alerts": items(reading.newest(actor), actor),
        "rows": [template.render({"row": described[pk]}) for pk in ids if pk in described],
        "empty": empty_state(shown, url),
        "pagination": page_links(actor, shown, place, neighbours(found)),
    }
    return render_page_or_fragment(
        request, "notifications/alerts.html", "notifications/_alerts_body.html", context, target="list-body"
    )


def stuck_work(actor: Actor) -> list[dict[str, Any]]:
    """The built-in views of stuck work with what each shows now. Three queries."""
    known = {f"stuck={name}": each for name, each in STUCK.items()}
    keys = [view.key for view in BUILT_IN[ONGOING.name] if view.group == STUCK_WORK]
    views = [view for view in views_of(actor, ONGOING.name) if view.key in keys]
    counts, own, url = view_counts(actor, ONGOING, views), stuck.limits(), list_url_of(actor, ONGOING)
    return [
        {
            "label": view.name,
            "icon": known[view.query].icon,
            "count": counts[view.key],
            "within": f"more than {known[view.query].within(own)}",
            "url": with_query(url, urlencode({"view": view.key})),
        }
        for view in views
    ]


def silent_since() -> str:
    """Since when nobody looks at figures and stuck work; empty while somebody does. One query."""
    since = judging.silent_since(timezone.now())
    return since.isoformat() if since else ""


def page_links(actor: Actor, shown: QueryFilter, place: Place, beside: Mapping[str, str]) -> dict[str, Any]:
    return pagination(
        reverse("notifications:alerts", args=[actor.organization_slug]), place, list(shown.pairs()), beside
    )


def empty_state(shown: QueryFilter, url: str) -> dict[str, str]:
    if not shown.is_default:
        text = "No alert matches these filters."
        return {"icon": "filter", "title": "None of these", "text": text, "url": url, "label": "Show all"}
    text = "When a figure crosses its threshold or work gets stuck in your queues, it is written down here."
    return {"icon": "notify", "title": "No alerts so far", "text": text}


@require_http_methods(["GET", "HEAD", "POST"])
@organization_view(Right.SUPERVISE)
def choose_mail(request: OrganizationRequest, organization: str) -> HttpResponse:
    """The dialog, and what was chosen in it."""
    if request.method != "POST":
        context = choosing.dialog_context(request.actor, request.user.email)
        return render(request, "notifications/_by_mail_dialog.html", context)
    choosing.choose(request.actor, request.POST.getlist("kind"), request.POST.get("from_level", ""))
    messages.success(request, "Saved. From now on alerts reach you by e-mail as you chose.")
    url = reverse("notifications:alerts", args=[organization])
    return HttpResponse(headers={"HX-Redirect": url}) if request.htmx else redirect(url)
