"""The chat on somebody else's page: the script that puts it there, and in the demo a page that shows how."""

from csp.constants import SELF
from csp.decorators import csp_update
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.views.decorators.http import require_safe

from contact_center.tenancy.scope import organization_scope
from conversations.chat.access import organization_of_chat_key, stream_of

# Sites take the script by an address without a version, so that a repaired one is with them within the hour.
KEPT = "public, max-age=3600"


@require_safe
def loader(request: HttpRequest, key: str) -> HttpResponse:
    """The same for everybody, so that any cache may keep it; it finds its chat by its own address."""
    _require_chat(key)
    # Without the request: nothing of the visitor may get into a shared cache.
    response = HttpResponse(render_to_string("chat/embed.js"), content_type="text/javascript; charset=utf-8")
    response["Cache-Control"] = KEPT
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


@require_safe
@csp_update({"frame-src": [SELF]})  # type: ignore[arg-type]  # its types know views without arguments only
def demo_shop(request: HttpRequest, key: str) -> HttpResponse:
    if not settings.DEMO:
        raise Http404("This page belongs to the demo.")
    name = _require_chat(key)
    return render(request, "chat/shop.html", {"shop": name, "chat_key": key})


def _require_chat(key: str) -> str:
    """The name of its organization."""
    organization_id = organization_of_chat_key(key)
    if organization_id is None:
        raise Http404("There is no such chat.")
    with organization_scope(organization_id):
        return stream_of(key).organization.name
