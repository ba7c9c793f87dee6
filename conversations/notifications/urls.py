"""Addresses below /o/<organization>/notifications/."""

from django.urls import path

from conversations.notifications import views

app_name = "notifications"

urlpatterns = [
    path("", views.notification_list, name="list"),
    path("read/", views.mark_read, name="read"),
    path("dismiss/", views.dismiss_all, name="dismiss-all"),
    path("<int:notification_id>/dismiss/", views.dismiss, name="dismiss"),
]
