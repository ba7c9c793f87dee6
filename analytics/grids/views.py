"""The pages of the grids, and one representative's own."""

from urllib.parse import urlencode

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from analytics.grids import representatives
from analytics.grids.cells import with_records
from analytics.grids.pages import QUEUES, REPRESENTATIVES, Grid, page_context
from analytics.grids.presence import history
from analytics.scope import Scope
from contact_center.tenancy.access import OrganizationRequest, organization_view
from contact_center.tenancy.roles import Right
from contact_center.web.render import render_page_or_fragment
from conversations.choices import Choices


@require_safe
@organization_view(Right.SUPERVISE)
def show_queues(request: OrganizationRequest, organization: str) -> HttpResponse:
    return _grid(request, QUEUES)


@require_safe
@organization_view(Right.SUPERVISE)
def show_representatives(request: OrganizationRequest, organization: str) -> HttpResponse:
    return _grid(request, REPRESENTATIVES)


def _grid(request: OrganizationRequest, grid: Grid) -> HttpResponse:
    shown = grid.shown(request.GET, request.actor)
    context = page_context(grid, shown, request.actor, timezone.now())
    return render_page_or_fragment(
        request, "analytics/grids/page.html", "analytics/grids/_body.html", context, target="list-body"
    )


@require_safe
@organization_view(Right.SUPERVISE)
def show_representative(request: OrganizationRequest, organization: str, representative_id: int) -> HttpResponse:
    """One person: how they are, what they can do, and their presence over the last 24 hours."""
    actor, scope = request.actor, with_records(Scope.of(request.actor))
    row = representatives.find(representative_id, scope)
    if row is None:
        raise Http404
    skills, queues = representatives.described([row.pk], scope, Choices(actor).queues)
    held = urlencode({"representative": row.pk})
    context = {
        "representative": row,
        "presence_label": representatives.presence_label(row),
        "exceeded": max(0, row.units_used - row.total_units),
        "skills": skills.get(row.pk, ()),
        "queues": queues.get(row.pk, ()),
        "plot": history(row, timezone.now()),
        "list_url": reverse("analytics:representatives", args=[organization]),
        "conversations_url": f"{reverse('conversations:list', args=[organization])}?{held}",
    }
    return render(request, "analytics/grids/representative.html", context)
