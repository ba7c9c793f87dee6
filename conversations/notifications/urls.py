"""Addresses below /o/<organization>/notifications/."""

from django.urls import path

from conversations.alerts import pages
from conversations.alerts import views as alerts
from conversations.notifications import views

app_name = "notifications"

urlpatterns = [
    path("", views.notification_list, name="list"),
    path("read/", views.mark_read, name="read"),
    path("dismiss/", views.dismiss_all, name="dismiss-all"),
    # Alerts, supervisors' alone
    path("alerts/", pages.alert_list, name="alerts"),
    path("alerts/by-mail/", pages.choose_mail, name="alerts-by-mail"),
    path("alerts/<int:alert_id>/acknowledge/", alerts.acknowledge, name="alert-acknowledge"),
    path("alerts/<int:alert_id>/ignore/", alerts.ignore, name="alert-ignore"),
    path("alerts/<int:alert_id>/done/", alerts.done, name="alert-done"),
    path("<int:notification_id>/dismiss/", views.dismiss, name="dismiss"),
]
