"""Addresses below /o/<organization>/notifications/."""

from django.urls import path

from conversations.alerts import views as alerts
from conversations.notifications import views

app_name = "notifications"

urlpatterns = [
    path("", views.notification_list, name="list"),
    path("read/", views.mark_read, name="read"),
    path("dismiss/", views.dismiss_all, name="dismiss-all"),
    path("alerts/<int:alert_id>/ignore/", alerts.ignore, name="alert-ignore"),
    path("alerts/<int:alert_id>/done/", alerts.done, name="alert-done"),
    path("<int:notification_id>/dismiss/", views.dismiss, name="dismiss"),
]
