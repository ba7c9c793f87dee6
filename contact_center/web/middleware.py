"""What every answer of the console carries: who may keep it, and messages for pages that htmx changed."""

from collections.abc import Callable

from django.contrib.messages import get_messages
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.cache import patch_cache_control, patch_vary_headers

from contact_center.web.render import VARY


class PageMiddleware:
    """Keeps answers out of shared caches, and hands Django's messages to htmx as notices beside the fragment."""

    sync_capable = True
    async_capable = False

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if not request.path_info.startswith("/o/") or response.streaming:
            return response
        patch_vary_headers(response, VARY)
        if not response.has_header("Cache-Control"):
            patch_cache_control(response, private=True, no_cache=True)
        # What leads to another page leaves the messages for that one.
        leads_away = response.has_header("HX-Redirect")
        if getattr(request, "htmx", False) and 200 <= response.status_code < 300 and not leads_away:
            response.content += _notices(request).encode(response.charset)
        return response


def _notices(request: HttpRequest) -> str:
    return "".join(
        render_to_string("components/_notice.html", {"level": message.level_tag, "text": message.message})
        for message in get_messages(request)
    )
