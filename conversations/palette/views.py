"""The palette's entries, asked for when it is opened."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from contact_center.tenancy.access import OrganizationRequest, organization_view
from contact_center.tenancy.roles import Right
from conversations.palette.entries import groups_for


@require_GET
@organization_view(Right.MEMBER)
def entries(request: OrganizationRequest, organization: str) -> HttpResponse:
    return render(request, "palette/_entries.html", {"groups": groups_for(request.actor)})
