"""The one address of live views; the query string is that of the page it keeps current."""

from django.urls import re_path

from contact_center.live.consumers import LiveConsumer

websocket_urlpatterns = [
    re_path(r"^ws/o/(?P<organization>[a-z0-9][a-z0-9-]*)/(?P<view>[a-z0-9-]+)/$", LiveConsumer.as_asgi()),
]
