"""Addresses of the pages with figures, below /o/<organization>/."""

from django.urls import path

from analytics import views
from analytics.counted import views as counted
from analytics.customized import views as customized
from analytics.grids import acting
from analytics.grids import views as grids

app_name = "analytics"

urlpatterns = [
    path("report/", views.show_report, name="report"),
    path("wallboard/", views.show_wallboard, name="wallboard"),
    path("queues/", grids.show_queues, name="queues"),
    path("queues/<int:queue_id>/", grids.show_queue, name="queue"),
    path("queues/<int:queue_id>/actions/<slug:action>/", acting.act_on_queue, name="queue-action"),
    path("representatives/", grids.show_representatives, name="representatives"),
    path("representatives/actions/<slug:action>/", acting.act_on_people, name="people-action"),
    path("representatives/<int:representative_id>/", grids.show_representative, name="representative"),
    path("reports/", customized.show_reports, name="reports"),
    path("reports/report/", customized.show_customized, name="customized"),
    path("reports/edit/", customized.edit_report, name="edit-report"),
    path("reports/check/", customized.check_report, name="check-report"),
    path("reports/file/", customized.report_file, name="report-file"),
    # What stands behind a figure
    path("metrics/<slug:name>/", views.show_metric, name="metric"),
    path("metrics/<slug:name>/counted/", counted.show_counted, name="counted"),
]
