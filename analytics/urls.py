"""Addresses of the pages with figures, below /o/<organization>/."""

from django.urls import path

from analytics import views
from analytics.grids import views as grids

app_name = "analytics"

urlpatterns = [
    path("report/", views.show_report, name="report"),
    path("wallboard/", views.show_wallboard, name="wallboard"),
    path("queues/", grids.show_queues, name="queues"),
    path("representatives/", grids.show_representatives, name="representatives"),
    path("representatives/<int:representative_id>/", grids.show_representative, name="representative"),
    # What stands behind a figure
    path("metrics/<slug:name>/", views.show_metric, name="metric"),
]
