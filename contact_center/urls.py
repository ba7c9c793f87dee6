"""Mounts every app; the only module that knows all addresses."""

from django.urls import URLPattern, URLResolver, include, path
from django_prometheus.exports import ExportToDjangoView

from contact_center.administration.site import site
from contact_center.api import api
from contact_center.tenancy import preferences
from contact_center.tenancy.views import switch_organization
from contact_center.web import entrance, health

# /o/<organization>/…: pages of one organization.
of_organization: list[URLPattern | URLResolver] = [
    path("", entrance.organization_home, name="organization-home"),
    path("conversations/", include("conversations.urls")),
    path("desk/", include("conversations.desk.urls")),
    path("notifications/", include("conversations.notifications.urls")),
    path("audit/monitoring/", include("conversations.monitoring.urls")),
    path("palette/", include("conversations.palette.urls")),
    path("audit/", include("contact_center.audit.urls")),
    path("preferences/", preferences.preferences, name="preferences"),
    path("", include("bulk_actions.urls")),
    path("", include("analytics.urls")),
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("", entrance.enter, name="enter"),
    path("o/<slug:organization>/", include(of_organization)),
    path("chat/<str:key>/", include("conversations.chat.urls")),
    path("accounts/", include("allauth.urls")),
    path("admin/", site.urls),
    path("switch-organization/", switch_organization, name="switch-organization"),
    path("api/v1/", api.urls),
    # For machines: is it alive, can it work, how does it fare.
    path("healthz", health.alive, name="alive"),
    path("readyz", health.ready, name="ready"),
    path("metrics", ExportToDjangoView, name="metrics"),
]
