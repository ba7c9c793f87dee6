"""Django's side of HTTP: middleware and view of a request run in one thread, one after the other.

Django would go back to the event loop between the innermost middleware and the view, and from there to the thread
again. All of ours are synchronous, so that only costs: a sixth of what a small request takes.
"""

from typing import Any

import django
from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIHandler


class OneThreadHandler(ASGIHandler):
    """Streams and asynchronous views, of which some package may bring one, work as they do in Django's own."""

    _middleware_chain: Any

    def load_middleware(self, is_async: bool = False) -> None:
        super().load_middleware(is_async=False)
        self._middleware_chain = sync_to_async(self._middleware_chain, thread_sensitive=True)


def http_application() -> OneThreadHandler:
    django.setup(set_prefix=False)
    return OneThreadHandler()
