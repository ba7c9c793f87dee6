"""Addresses of actions and of Action History, below /o/<organization>/."""

from django.urls import path

from bulk_actions import views

app_name = "bulk_actions"

urlpatterns = [
    # conversations/actions/: preview of a selection, then Proceed
    path("conversations/actions/force_close/", views.force_close_preview, name="force-close"),
    path("conversations/actions/force_close/start/", views.force_close_start, name="force-close-start"),
    # action-history/
    path("action-history/", views.history, name="history"),
    path("action-history/<int:bulk_action_id>/", views.run_detail, name="run"),
    path("action-history/<int:bulk_action_id>/cancel/", views.run_cancel, name="run-cancel"),
]
