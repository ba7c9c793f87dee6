"""Finds the organization of a page, opens its scope around the whole request and checks the membership inside it.

Sync only: the scope is a database transaction, and under Daphne a sync middleware runs in the view's own thread.
"""

import re
import zoneinfo
from collections.abc import Callable
from typing import cast

from django.contrib.auth.views import redirect_to_login
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone

from contact_center.tenancy.access import NotAMember, OrganizationRequest, resolve_actor
from contact_center.tenancy.lookup import organizations_of_user
from contact_center.tenancy.models import Organization
from contact_center.tenancy.roles import Right
from contact_center.tenancy.scope import organization_scope

# Whatever stands there: an address that named no organization would be served without a scope.
ORGANIZATION_PATH = re.compile(r"^/o/([^/]*)/")
SLUG = re.compile(r"[a-z0-9][a-z0-9-]*")
SESSION_KEY = "organization"

GetResponse = Callable[[HttpRequest], HttpResponse]


class OrganizationMiddleware:
    sync_capable = True
    async_capable = False

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if match := ORGANIZATION_PATH.match(request.path_info):
            return self._page(request, match[1])
        if request.path_info.startswith("/admin/"):
            return self._admin(request)
        return self.get_response(request)

    def _page(self, request: HttpRequest, slug: str) -> HttpResponse:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        known = Organization.objects.filter(slug=slug, is_active=True) if SLUG.fullmatch(slug) else None
        organization = known.first() if known is not None else None
        return self._inside(request, organization)

    def _admin(self, request: HttpRequest) -> HttpResponse:
        """Django admin works in the organization chosen in the switcher, or else in the person's first one."""
        if not request.user.is_authenticated:
            return self.get_response(request)
        chosen = request.session.get(SESSION_KEY)
        mine = organizations_of_user(request.user.pk)
        ordered = sorted(mine, key=lambda organization: organization.slug != chosen)
        return self._inside(request, ordered[0]) if ordered else self.get_response(request)

    def _inside(self, plain: HttpRequest, organization: Organization | None) -> HttpResponse:
        request = cast(OrganizationRequest, plain)
        if organization is None:
            return self._absent(request)
        with organization_scope(organization.pk):
            try:
                actor = resolve_actor(request.user.pk, organization)
            except NotAMember:
                return self._absent(request)
            request.organization, request.actor = organization, actor
            if request.session.get(SESSION_KEY) != organization.slug:
                request.session[SESSION_KEY] = organization.slug
            with timezone.override(zoneinfo.ZoneInfo(actor.time_zone)):
                response = self.get_response(request)
            if response.status_code >= 500:
                transaction.set_rollback(True)
            return response

    @staticmethod
    def _absent(request: HttpRequest) -> HttpResponse:
        """A foreign organization looks exactly like one that does not exist."""
        raise Http404("There is no such page, or you are not a member of this organization.")


def right_to_enter_admin(request: OrganizationRequest) -> bool:
    return hasattr(request, "actor") and request.actor.may(Right.CONFIGURE)
