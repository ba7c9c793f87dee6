"""The address of the organization's ledger, below /o/<organization>/audit/monitoring/."""

from django.urls import path

from conversations.monitoring import pages

app_name = "monitoring"

urlpatterns = [path("", pages.organization_ledger, name="ledger")]
