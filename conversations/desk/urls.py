"""Addresses below /o/<organization>/desk/."""

from django.urls import path

from conversations.desk import alerts, hand, templates, transfer, views
from conversations.monitoring import notice, pages

app_name = "desk"

urlpatterns = [
    path("", views.desk, name="desk"),
    path("monitoring/", pages.own_ledger, name="monitoring"),
    path("notice/", notice.acknowledge, name="notice"),
    path("presence/", views.choose_presence, name="presence"),
    path("alerts/", alerts.choose, name="alerts"),
    path("conversations/<int:conversation_id>/seen/", views.seen, name="seen"),
    path("conversations/<int:conversation_id>/hand/", hand.dialog, name="hand"),
    path("conversations/<int:conversation_id>/templates/", templates.choose, name="templates"),
    path("conversations/<int:conversation_id>/transfer/", transfer.dialog, name="transfer"),
    path("conversations/<int:conversation_id>/transfer/people/", transfer.people, name="transfer-people"),
    path("conversations/<int:conversation_id>/transfer/queues/", transfer.queues, name="transfer-queues"),
    path("conversations/<int:conversation_id>/transfer/start/", transfer.start, name="transfer-start"),
    path("conversations/<int:conversation_id>/<slug:action>/", views.act, name="act"),
]
