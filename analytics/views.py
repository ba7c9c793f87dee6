"""The pages with figures: report, wallboard, and what stands behind each metric."""

from functools import partial

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from analytics import wallboard
from analytics.details import details
from analytics.metrics import METRICS
from analytics.narrowing import Narrowing
from analytics.report_context import page_context
from contact_center.tenancy.access import OrganizationRequest, organization_view
from contact_center.tenancy.roles import Right
from contact_center.web.render import render_page_or_fragment
from conversations.listing import REPORT
from conversations.views.list import listed


@require_safe
@organization_view(Right.SUPERVISE)
def show_report(request: OrganizationRequest, organization: str) -> HttpResponse:
    """The list of conversations once more, over its own rows and with figures above them."""
    return listed(request, REPORT, "analytics/report.html", partial(page_context, organization))


@require_safe
@organization_view(Right.SUPERVISE)
def show_wallboard(request: OrganizationRequest, organization: str) -> HttpResponse:
    actor = request.actor
    shown, url = Narrowing.from_query(request.GET, actor), reverse("analytics:wallboard", args=[organization])
    query = shown.query_string()
    context = {
        "page": {
            "list_url": url,
            "ws_url": f"/ws/o/{organization}/wallboard/?{query}",
            "query": query,
        },
        "slug": organization,
        "query": query,
        "scope_words": shown.scope_words,
        "chips": shown.chips(url),
        "filter_fields": shown.filter.controls(),
        "filter_state": [{"name": "period", "value": shown.span}],
        "filter_notices": shown.notices,
        "spans": shown.span_links(url),
        **wallboard.tiles(wallboard.read(shown.scope, shown.period(timezone.now())), shown),
        "as_wall": request.GET.get("display") == "wall",
    }
    return render_page_or_fragment(
        request, "analytics/wallboard.html", "analytics/_wallboard_body.html", context, target="list-body"
    )


@require_safe
@organization_view(Right.KEEP_VIEWS)
def show_metric(request: OrganizationRequest, organization: str, name: str) -> HttpResponse:
    """For the dialog: definition, calculation, thresholds and course of one metric."""
    metric = METRICS.get(name)
    if metric is None:
        raise Http404
    shown = Narrowing.from_query(request.GET, request.actor)
    context = {**details(metric, shown.scope, timezone.now()), "scope_words": shown.scope_words}
    return render(request, "analytics/_details_dialog.html", context)
