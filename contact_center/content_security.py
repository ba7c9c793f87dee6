"""Owns the Content-Security-Policy: strict, but for what the admin's theme needs and for pages others may frame."""

import re
from collections.abc import Iterable
from typing import TypeVar

from csp.constants import NONE, SELF, UNSAFE_EVAL, UNSAFE_INLINE
from csp.middleware import CSPMiddleware, PolicyParts
from django.http import HttpRequest, HttpResponse, HttpResponseBase

POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        # 'self' covers ws: and wss: of the same host in every browser of today.
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    }
}

# The admin's theme runs on Alpine, which evaluates attributes, and sets sizes and colours inline.
ADMIN = {"script-src": [SELF, UNSAFE_EVAL, UNSAFE_INLINE], "style-src": [SELF, UNSAFE_INLINE]}


class ContentSecurityMiddleware(CSPMiddleware):
    """Adds the policy; only addresses under /admin/ get the relaxed one."""

    def get_policy_parts(
        self, request: HttpRequest, response: HttpResponseBase, report_only: bool = False
    ) -> PolicyParts:
        parts = super().get_policy_parts(request, response, report_only)
        if request.path_info.startswith("/admin/"):
            parts.replace = {**ADMIN, **(parts.replace or {})}
        if ancestors := getattr(response, "frame_ancestors", None):
            parts.replace = {"frame-ancestors": ancestors, **(parts.replace or {})}
        return parts


Response = TypeVar("Response", bound=HttpResponse)

# Scheme, host and maybe a port: what a browser calls an origin. Anything else could end the directive.
ORIGIN = re.compile(r"https?://(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)*[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?::[0-9]{1,5})?")


def is_origin(text: str) -> bool:
    return ORIGIN.fullmatch(text) is not None


def may_be_framed(response: Response, origins: Iterable[str]) -> Response:
    """Let pages of these origins, and our own, show this answer in a frame; nobody else."""
    response.frame_ancestors = [SELF, *filter(is_origin, origins)]  # type: ignore[attr-defined]
    # The older header knows no list of origins, and the newer one is obeyed in its place.
    response.xframe_options_exempt = True
    return response
