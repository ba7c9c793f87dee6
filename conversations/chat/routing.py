"""The one address of customers' sockets: below the page's own, because that is where the visitor's cookie goes."""

from django.urls import re_path

from conversations.chat.consumers import ChatConsumer

websocket_urlpatterns = [re_path(r"^chat/(?P<key>[^/]+)/live/$", ChatConsumer.as_asgi())]
