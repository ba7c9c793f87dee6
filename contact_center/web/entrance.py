"""The two front doors: `/` leads to an organization, `/o/<slug>/` to the page where the person's work is."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from contact_center.tenancy.access import OrganizationRequest, organization_view
from contact_center.tenancy.lookup import organizations_of_user
from contact_center.tenancy.middleware import SESSION_KEY
from contact_center.tenancy.roles import Right
from contact_center.web.navigation import home_of


@login_required
def enter(request: HttpRequest) -> HttpResponse:
    """The organization the person was in last, or else the first one by name."""
    mine = [organization.slug for organization in organizations_of_user(request.user.pk or 0)]
    if not mine:
        text = "You aren’t a member of any organization yet. Ask the administrator who invited you."
        return render(request, "problem.html", {"heading": "No organization yet", "text": text}, status=403)
    last = request.session.get(SESSION_KEY)
    return redirect(f"/o/{last if last in mine else mine[0]}/")


@organization_view(Right.MEMBER)
def organization_home(request: OrganizationRequest, organization: str) -> HttpResponse:
    home = home_of(request.actor)
    if home is None:
        text = f"{request.organization.name} has no page for your role in this console yet."
        return render(request, "problem.html", {"heading": "Nothing to do here yet", "text": text})
    return redirect(home)
