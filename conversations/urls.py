"""Addresses below /o/<organization>/conversations/."""

from django.urls import path

from conversations.monitoring import views as monitoring
from conversations.views import detail, exports, list, saved_views, typing

app_name = "conversations"

urlpatterns = [
    path("", list.conversation_list, name="list"),
    path("records/", list.record_list, name="records"),
    path("selection-summary/", list.selection_summary, name="selection-summary"),
    path("export/", exports.dialog, name="export"),
    path("export/file/", exports.file, name="export-file"),
    path("views/", saved_views.chooser, name="views"),
    path("views/save/", saved_views.save, name="save-view"),
    path("views/copy/", saved_views.copy, name="copy-view"),
    path("views/start-with/", saved_views.start_with, name="start-with-view"),
    path("views/<int:view_id>/rename/", saved_views.rename, name="rename-view"),
    path("views/<int:view_id>/share/", saved_views.share, name="share-view"),
    path("views/<int:view_id>/delete/", saved_views.delete, name="delete-view"),
    path("monitor/", monitoring.begin, name="monitor"),
    path("<int:conversation_id>/act/<slug:action>/", monitoring.act, name="act"),
    path("<int:conversation_id>/transcript/", monitoring.transcript, name="transcript"),
    path("<int:conversation_id>/", detail.conversation_detail, name="detail"),
    path("<int:conversation_id>/typing/", typing.tell_typing, name="typing"),
]
