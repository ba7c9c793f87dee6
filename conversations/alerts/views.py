"""What supervisors do about an alert: take it on, Ignore it for themselves, or be Done with it for everybody."""

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from contact_center.errors import NotFound
from contact_center.tenancy.access import OrganizationRequest, organization_view
from contact_center.tenancy.roles import Right
from conversations.actions import perform
from conversations.alerts import reading
from conversations.alerts.kinds import KINDS

LARGEST_ID = 2**63 - 1


@require_POST
@organization_view(Right.SUPERVISE)
def ignore(request: OrganizationRequest, organization: str, alert_id: int) -> HttpResponse:
    reading.ignore(request.actor, _known(alert_id))
    return _answer(request)


@require_POST
@organization_view(Right.SUPERVISE)
def acknowledge(request: OrganizationRequest, organization: str, alert_id: int) -> HttpResponse:
    reading.acknowledge(request.actor, _known(alert_id))
    return _answer(request)


@require_POST
@organization_view(Right.SUPERVISE)
def done(request: OrganizationRequest, organization: str, alert_id: int) -> HttpResponse:
    """By the action of its kind, which the rule table allows or refuses."""
    alert = reading.find(request.actor, _known(alert_id))
    action = KINDS[alert.kind].ends_with
    if action is None or alert.conversation_id is None:
        raise NotFound("This alert ends by itself.")
    perform(action, [alert.conversation_id], actor=request.actor, single=True)
    return _answer(request)


def _known(alert_id: int) -> int:
    if alert_id > LARGEST_ID:
        raise NotFound("There is no such alert.")
    return alert_id


def _answer(request: OrganizationRequest) -> HttpResponse:
    """The socket changes the page, in every tab alike."""
    if request.htmx:
        return HttpResponse(status=204)
    return redirect(reverse("notifications:list", args=[request.actor.organization_slug]))
