"""The page of what a figure of a period counts."""

from django.http import Http404, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from analytics.counted.page import CountedPage
from analytics.metrics import METRICS
from contact_center.tenancy.access import OrganizationRequest, organization_view
from contact_center.tenancy.roles import Right
from contact_center.web.render import render_page_or_fragment


@require_safe
@organization_view(Right.SUPERVISE)
def show_counted(request: OrganizationRequest, organization: str, name: str) -> HttpResponse:
    metric = METRICS.get(name)
    if metric is None or metric.is_live:
        raise Http404
    context = CountedPage.read(metric, request.GET, request.actor, timezone.now()).context
    return render_page_or_fragment(
        request, "analytics/counted/page.html", "analytics/counted/_body.html", context, target="list-body"
    )
