"""Addresses below /o/<organization>/desk/."""

from django.urls import path

from conversations.desk import views

app_name = "desk"

urlpatterns = [
    path("", views.desk, name="desk"),
    path("presence/", views.choose_presence, name="presence"),
    path("conversations/<int:conversation_id>/<slug:action>/", views.act, name="act"),
]
