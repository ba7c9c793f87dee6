"""Django admin of one organization: who may enter, and nothing in it that reaches beyond that organization.

A site of its own: what libraries register on Django's default site (accounts, devices, groups) is mounted nowhere.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, URLResolver
from unfold.sites import UnfoldAdminSite

from contact_center.administration.sections import in_sections
from contact_center.errors import Conflict
from contact_center.tenancy.lookup import organizations_of_user
from contact_center.tenancy.middleware import right_to_enter_admin
from contact_center.tenancy.roles import REFUSAL, Right

View = Callable[..., HttpResponse]

# Named in the address every form is sent to; the session's organization may have changed in another tab.
ORGANIZATION_PARAMETER = "organization"


class OrganizationAdminSite(UnfoldAdminSite):
    site_header = index_title = "Administration"

    def get_urls(self) -> list[URLPattern | URLResolver]:
        """Without `r/<type>/<id>/`, which tells whether a row of any table exists."""
        return [url for url in super().get_urls() if getattr(url, "name", None) != "view_on_site"]

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[dict[str, Any]]:
        apps = super().get_app_list(request, app_label)
        return apps if app_label else in_sections(apps)

    def has_permission(self, request: HttpRequest) -> bool:
        return right_to_enter_admin(request)  # type: ignore[arg-type]

    def admin_view(self, view: View, cacheable: bool = False) -> View:
        inside = super().admin_view(view, cacheable)

        @wraps(view)
        def entered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path())
            if not self.has_permission(request):
                raise PermissionDenied(REFUSAL[Right.CONFIGURE if hasattr(request, "actor") else Right.MEMBER])
            refuse_form_of_another_organization(request)
            answer: HttpResponse = inside(request, *args, **kwargs)
            return answer

        return entered

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        context: dict[str, Any] = super().each_context(request)
        if self.has_permission(request):
            context["my_organizations"] = organizations_of_user(request.user.pk or 0)
        return context

    # The console has one sign-in, one sign-out and one page for passwords: those of allauth.

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        return redirect_to_login(request.GET.get("next") or "/admin/")

    def logout(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        return redirect("account_logout")

    def password_change(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        return redirect("account_change_password")


def refuse_form_of_another_organization(request: HttpRequest) -> None:
    """A form that was opened in one organization must not be saved into another. Raises Conflict."""
    opened_in = request.GET.get(ORGANIZATION_PARAMETER)
    organization = request.organization  # type: ignore[attr-defined]
    if request.method == "POST" and opened_in not in (None, organization.slug):
        raise Conflict(
            "This form was opened in another organization; nothing was saved.",
            current=f"You work in {organization.name} now.",
        )


site = OrganizationAdminSite(name="admin")
