"""The address of the audit page, below /o/<organization>/audit/."""

from django.urls import path

from contact_center.audit import views

app_name = "audit"

urlpatterns = [path("", views.audit, name="list")]
