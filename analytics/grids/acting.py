"""What supervisors do from the grids and their pages: the selection is frozen as a run, and its dialog asks."""

from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.views.decorators.http import require_POST

from analytics.grids.cells import with_records
from analytics.grids.pages import REPRESENTATIVES
from analytics.metrics.live import people
from bulk_actions import dialogs
from bulk_actions.kinds import kind_of
from bulk_actions.limits import MAXIMUM
from bulk_actions.selection import freeze_targets
from contact_center.errors import Invalid, NotFound
from contact_center.tenancy.access import Actor, OrganizationRequest, organization_view
from contact_center.tenancy.roles import Right
from conversations.selection import Selection
from routing.floor import OF_PEOPLE, OF_QUEUES, FloorAction


@require_POST
@organization_view(Right.SUPERVISE)
def act_on_people(request: OrganizationRequest, organization: str, action: str) -> HttpResponse:
    """Representatives chosen in the grid, all that match, or the one of a page."""
    if action not in OF_PEOPLE:
        raise NotFound("Representatives have no such action.")
    return _dialog(request, FloorAction(action), _chosen(request.POST, request.actor))


@require_POST
@organization_view(Right.SUPERVISE)
def act_on_queue(request: OrganizationRequest, organization: str, queue_id: int, action: str) -> HttpResponse:
    if action not in OF_QUEUES:
        raise NotFound("Queues have no such action.")
    return _dialog(request, FloorAction(action), [queue_id])


def _chosen(data: QueryDict, actor: Actor) -> list[int]:
    """Raises Invalid for nothing, and for more than a run takes."""
    if data.get("all") != "1":
        return list(Selection.from_request(data, actor).versions)
    shown = REPRESENTATIVES.shown(QueryDict(data.get("query", "")), actor)
    rows = shown.narrowing.filter.apply(people(with_records(shown.narrowing.scope))).order_by("name", "pk")
    ids = list(rows.values_list("pk", flat=True)[: MAXIMUM + 1])
    if not ids:
        raise Invalid("Nobody matches any more. Remove a filter and select again.", code="nothing_selected")
    if len(ids) > MAXIMUM and "first" not in data:
        raise Invalid(f"More than {MAXIMUM:,} match. Narrow the filter and select again.", code="too_many")
    return ids[:MAXIMUM]


def _dialog(request: OrganizationRequest, action: FloorAction, ids: list[int]) -> HttpResponse:
    run = freeze_targets(action, ids, actor=request.actor)
    return render(request, kind_of(action).template, dialogs.context(run, request.actor, typed=QueryDict()))
