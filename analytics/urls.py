"""Addresses of the pages with figures, below /o/<organization>/."""

from django.urls import path

from analytics import views

app_name = "analytics"

urlpatterns = [
    path("report/", views.show_report, name="report"),
    path("wallboard/", views.show_wallboard, name="wallboard"),
    # What stands behind a figure
    path("metrics/<slug:name>/", views.show_metric, name="metric"),
]
