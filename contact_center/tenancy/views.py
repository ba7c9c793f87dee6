"""Choosing the organization one works in, for addresses that don't name it."""

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from contact_center.tenancy.access import NotAMember, resolve_actor
from contact_center.tenancy.lookup import organizations_of_user
from contact_center.tenancy.middleware import SESSION_KEY
from contact_center.tenancy.models import Organization, User
from contact_center.tenancy.roles import Right
from contact_center.tenancy.scope import organization_scope


@require_POST
@login_required
def switch_organization(request: HttpRequest) -> HttpResponse:
    """To the admin of the chosen organization, or to its console for those who don't configure it."""
    user: User = request.user  # type: ignore[assignment]
    slug = request.POST.get("organization", "")
    chosen = next((each for each in organizations_of_user(user.pk) if each.slug == slug), None)
    if chosen is None:
        raise Http404("There is no such organization, or you are not a member of it.")
    request.session[SESSION_KEY] = chosen.slug
    return redirect("/admin/" if _configures(user, chosen) else f"/o/{chosen.slug}/")


def _configures(user: User, organization: Organization) -> bool:
    with organization_scope(organization.pk):
        try:
            return resolve_actor(user.pk, organization).may(Right.CONFIGURE)
        except NotAMember:
            return False
