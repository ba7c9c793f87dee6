"""The ASGI application: HTTP to Django, WebSockets to the live hub."""

import os

from channels.routing import ProtocolTypeRouter, URLRouter
from channels.security.websocket import AllowedHostsOriginValidator
from channels.sessions import CookieMiddleware

from contact_center.http import http_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "contact_center.settings")
http = http_application()

from contact_center.sockets import websocket_urlpatterns

# The session is read by the consumer, after it accepted: in front of it, a thousand browsers coming back at once would
# wait for one thread until Daphne refuses them.
application = ProtocolTypeRouter(
    {
        "http": http,
        "websocket": AllowedHostsOriginValidator(CookieMiddleware(URLRouter(websocket_urlpatterns))),
    }
)
