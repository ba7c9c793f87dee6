"""/chat/<key>/…: pages of customers."""

from django.urls import path

from conversations.chat import views

urlpatterns = [
    path("", views.chat_page, name="chat"),
    path("start/", views.start_chat, name="chat-start"),
    path("write/", views.write_message, name="chat-write"),
    path("messages/", views.read_messages, name="chat-read"),
    path("end/", views.end_chat, name="chat-end"),
]
