"""The pages of the grids, and one representative's own."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from analytics.grids.pages import QUEUES, REPRESENTATIVES, Grid, page_context
from analytics.grids.person import PersonPage
from analytics.grids.queue import QueuePage
from contact_center.tenancy.access import OrganizationRequest, organization_view
from contact_center.tenancy.roles import Right
from contact_center.web.render import render_page_or_fragment


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
def show_queue(request: OrganizationRequest, organization: str, queue_id: int) -> HttpResponse:
    """One queue: what it takes and tells, what waits in it, and what can be done about it."""
    page = QueuePage.read(queue_id, request.actor, timezone.now())
    if page is None:
        raise Http404
    return render(request, "analytics/grids/queue.html", page.context)


@require_safe
@organization_view(Right.SUPERVISE)
def show_representative(request: OrganizationRequest, organization: str, representative_id: int) -> HttpResponse:
    """One person: how they are, what they hold, what can be done about it, and their presence of the last 24 hours."""
    page = PersonPage.read(representative_id, request.actor, timezone.now())
    if page is None:
        raise Http404
    return render(request, "analytics/grids/representative.html", page.context)
