"""Decides whether a request gets the whole page or the part of it that htmx asked to replace."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.cache import patch_vary_headers

# What the decision below depends on: without it a cache would hand a fragment to somebody who opens the address.
VARY = ("HX-Request", "HX-Target", "HX-History-Restore-Request")


def wants_fragment(request: HttpRequest, target: str) -> bool:
    """Whether htmx replaces the element with this id. A page taken from the history is rendered whole."""
    htmx: Any = getattr(request, "htmx", None)
    return bool(htmx) and not htmx.history_restore_request and not htmx.boosted and htmx.target == target


def render_page_or_fragment(
    request: HttpRequest, page: str, fragment: str, context: Mapping[str, Any], *, target: str, status: int = 200
) -> HttpResponse:
    """The server chooses the template, never the client; rendered at once, inside the organization's scope."""
    part = wants_fragment(request, target)
    text = render_to_string(fragment if part else page, {**context, "fragment": part}, request)
    response = HttpResponse(text, status=status)
    patch_vary_headers(response, VARY)
    return response
