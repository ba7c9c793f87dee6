"""How a representative wants to be told of offers and new messages: the dialog, and what they chose."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from contact_center.live.publish import publish_on_commit
from contact_center.tenancy.access import OrganizationRequest, organization_view
from contact_center.tenancy.roles import Right
from conversations.desk.reading import alerts_of
from conversations.models import DeskAlerts

ROWS = (("offers", "Offers"), ("messages", "New customer messages"))
CHOICES = tuple(f"{way}_{about}" for about, _ in ROWS for way in ("sound", "desktop"))


@require_http_methods(["GET", "HEAD", "POST"])
@organization_view(Right.USE_DESK)
def choose(request: OrganizationRequest, organization: str) -> HttpResponse:
    """The dialog; a change is stored at once and reaches the person's other tabs through their sockets."""
    actor = request.actor
    if request.method == "POST":
        chosen: dict[str, Any] = {name: name in request.POST for name in CHOICES}
        DeskAlerts.objects.update_or_create(membership_id=actor.membership_id or 0, defaults=chosen)
        publish_on_commit(actor.organization_id, "desk", [actor.representative_id or 0])
        return HttpResponse(status=204)
    alerts = alerts_of(actor)
    rows = [
        {
            "label": label,
            "sound": {"name": f"sound_{about}", "on": getattr(alerts, f"sound_{about}")},
            "desktop": {"name": f"desktop_{about}", "on": getattr(alerts, f"desktop_{about}")},
        }
        for about, label in ROWS
    ]
    return render(request, "desk/_alerts_dialog.html", {"rows": rows, "action_url": request.path})
