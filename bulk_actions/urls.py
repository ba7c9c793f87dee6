"""Addresses of actions and of Action History, below /o/<organization>/."""

from django.urls import path

from bulk_actions import views
from bulk_actions.work_item import views as work_item

app_name = "bulk_actions"

urlpatterns = [
    # conversations/actions/: preview of a selection, then Proceed
    path("conversations/actions/<slug:action>/", views.action_preview, name="action"),
    path("conversations/actions/<slug:action>/start/", views.action_start, name="action-start"),
    # the lists of Assign work item and Transfer work item
    path("conversations/actions/<slug:action>/people/", work_item.people, name="work-item-people"),
    path("conversations/actions/<slug:action>/queues/", work_item.queues, name="work-item-queues"),
    # the lines of Give to a colleague
    path("conversations/actions/give_to_colleague/colleagues/", views.colleagues, name="colleagues"),
    # action-history/
    path("action-history/", views.history, name="history"),
    path("action-history/export/", views.history_export, name="history-export"),
    path("action-history/<int:bulk_action_id>/", views.run_detail, name="run"),
    path("action-history/<int:bulk_action_id>/export/", views.run_export, name="run-export"),
    path("action-history/<int:bulk_action_id>/cancel/", views.run_cancel, name="run-cancel"),
    path("action-history/<int:bulk_action_id>/approve/", views.run_approve, name="run-approve"),
    path("action-history/<int:bulk_action_id>/reject/", views.run_reject, name="run-reject"),
    path("action-history/<int:bulk_action_id>/retry/", views.run_retry, name="run-retry"),
]
