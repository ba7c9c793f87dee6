"""The page of notifications, and what their owner does with them. Nobody reaches another's."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import get_template
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from contact_center.errors import NotFound
from contact_center.tenancy.access import OrganizationRequest, organization_view
from contact_center.tenancy.roles import Right
from conversations.alerts import reading as alerts
from conversations.alerts.presenters import items as alert_items
from conversations.notifications import reading
from conversations.notifications.live_view import ON_PAGE
from conversations.notifications.presenters import items

LARGEST_ID = 2**63 - 1


@require_safe
@organization_view(Right.MEMBER)
def notification_list(request: OrganizationRequest, organization: str) -> HttpResponse:
    """Shown is delivered; read is what stood on the screen for a moment, which the page itself tells."""
    actor = request.actor
    ids = [pk for pk, _ in reading.newest(actor, ON_PAGE)]
    found = items(reading.with_details(actor, ids).values(), actor)
    reading.mark_delivered(actor)
    template = get_template("notifications/_notification_item.html")
    context = {
        "rows": [template.render({"item": found[pk]}) for pk in ids if pk in found],
        "alerts": alert_items(alerts.newest(actor), actor),
        "own_url": _own_url(request),
        "ws_url": f"/ws/o/{actor.organization_slug}/notification-list/",
    }
    return render(request, "notifications/list.html", context)


@require_POST
@organization_view(Right.MEMBER)
def mark_read(request: OrganizationRequest, organization: str) -> HttpResponse:
    reading.mark_read(request.actor, [_id(typed) for typed in request.POST.getlist("id")])
    return _done(request)


@require_POST
@organization_view(Right.MEMBER)
def dismiss(request: OrganizationRequest, organization: str, notification_id: int) -> HttpResponse:
    reading.dismiss(request.actor, _id(str(notification_id)))
    return _done(request)


@require_POST
@organization_view(Right.MEMBER)
def dismiss_all(request: OrganizationRequest, organization: str) -> HttpResponse:
    reading.dismiss_all(request.actor)
    return _done(request)


def _id(typed: str) -> int:
    if not (typed.isascii() and typed.isdecimal()) or len(typed) > 19 or int(typed) > LARGEST_ID:
        raise NotFound("There is no such notification.")
    return int(typed)


def _done(request: OrganizationRequest) -> HttpResponse:
    """The socket changes the page, in every tab alike."""
    return HttpResponse(status=204) if request.htmx else redirect(_own_url(request))


def _own_url(request: OrganizationRequest) -> str:
    return reverse("notifications:list", args=[request.actor.organization_slug])
