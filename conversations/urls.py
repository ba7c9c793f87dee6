"""Addresses below /o/<organization>/conversations/."""

from django.urls import path

from conversations.views import detail, list

app_name = "conversations"

urlpatterns = [
    path("", list.conversation_list, name="list"),
    path("records/", list.record_list, name="records"),
    path("selection-summary/", list.selection_summary, name="selection-summary"),
    path("<int:conversation_id>/", detail.conversation_detail, name="detail"),
]
