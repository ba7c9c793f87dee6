"""/chat/<key>/…: pages of customers."""

from django.urls import path

from conversations.chat import embedding, views

urlpatterns = [
    path("", views.chat_page, name="chat-page"),
    path("start/", views.start_chat, name="chat-start"),
    path("write/", views.write_message, name="chat-write"),
    path("messages/", views.read_messages, name="chat-read"),
    path("consent/", views.answer_about_monitoring, name="chat-consent"),
    path("end/", views.end_chat, name="chat-end"),
    # For pages of other sites.
    path("embed.js", embedding.loader, name="chat-embed"),
    path("shop/", embedding.demo_shop, name="chat-shop"),
]
