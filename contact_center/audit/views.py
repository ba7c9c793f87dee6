"""The audit page: newest first, for administrators and auditors."""

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from contact_center.audit import pages, reading
from contact_center.tenancy.access import OrganizationRequest, organization_view
from contact_center.tenancy.roles import Right
from contact_center.web.place import Place
from contact_center.web.render import render_page_or_fragment


@require_safe
@organization_view(Right.READ_AUDIT)
def audit(request: OrganizationRequest, organization: str) -> HttpResponse:
    shown = reading.audit_filter(request.GET, request.actor)
    context = pages.context(request.actor, Place.of(request.GET), shown)
    return render_page_or_fragment(request, "audit/list.html", "audit/_list_body.html", context, target="list-body")
