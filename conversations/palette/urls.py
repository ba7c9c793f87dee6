"""Address below /o/<organization>/palette/."""

from django.urls import path

from conversations.palette import views

app_name = "palette"

urlpatterns = [path("", views.entries, name="entries")]
