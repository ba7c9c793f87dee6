"""Mounts every socket; the only module that knows all their addresses."""

from contact_center.live.routing import websocket_urlpatterns as of_organizations
from conversations.chat.routing import websocket_urlpatterns as of_customers

websocket_urlpatterns = [*of_organizations, *of_customers]
