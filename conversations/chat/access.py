"""From a chat key to an organization and its work stream: the entry check of every customer page."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, cast
from urllib.parse import urlsplit

from django.db import connection, transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

from contact_center.content_security import may_be_framed
from contact_center.tenancy.access import Actor
from contact_center.tenancy.models import Organization
from contact_center.tenancy.scope import organization_scope
from conversations.chat.limits import What, address_of, seconds_to_wait
from conversations.chat.visitors import Visitor
from routing.models import WorkStream

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


class ChatRequest(HttpRequest):
    """A request to a customer page inside its organization's scope."""

    stream: WorkStream
    organization: Organization
    visitor: Visitor
    # Who acts: somebody outside, with no right in the console.
    customer: Actor
    # Seconds until the visitor may send this again; the view says so without losing what was written.
    must_wait: int


P = ParamSpec("P")


View = Callable[Concatenate[Any, P], HttpResponse]


def chat_view(what: What) -> Callable[[View[P]], View[P]]:
    """Open the scope of the organization that the key belongs to; 404 for an unknown key.

    Django's own protection needs a cookie that a frame on another site doesn't get: here the origin is checked.
    """

    def decorate(view: View[P]) -> View[P]:
        @csrf_exempt
        @wraps(view)
        def guarded(request: ChatRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            key = str(kwargs["key"])
            organization_id = organization_of_chat_key(key)
            if organization_id is None:
                raise Http404("There is no such chat.")
            if request.method not in SAFE and not comes_from(request.get_host(), request.headers):
                return HttpResponse("This was sent from another page. Open the chat and try again.", status=403)
            with organization_scope(organization_id):
                _fill(request, key, what)
                response = view(request, *args, **kwargs)
                if response.status_code >= 400:
                    transaction.set_rollback(True)
                return _framed(response, request.stream)

        return cast(View[P], guarded)

    return decorate


def _fill(request: ChatRequest, key: str, what: What) -> None:
    request.stream = stream_of(key)
    request.organization = request.stream.organization
    request.visitor = Visitor.of(request, key)
    request.customer = customer_actor(request.organization)
    address = address_of(request.headers.get("X-Forwarded-For", ""), str(request.META.get("REMOTE_ADDR", "")))
    request.must_wait = seconds_to_wait(what, key=key, visitor=request.visitor.token, address=address)


def customer_actor(organization: Organization) -> Actor:
    return Actor(organization_id=organization.pk, organization_slug=organization.slug, name="Customer")


def stream_of(key: str) -> WorkStream:
    """Raises Http404 where the organization is closed. Call inside its scope."""
    streams = WorkStream.objects.select_related("organization", "default_queue__operating_hours")
    stream = streams.filter(chat_key=key, organization__is_active=True).first()
    if stream is None:
        raise Http404("There is no such chat.")
    return stream


def organization_of_chat_key(key: str) -> int | None:
    """See the SQL function in routing's migration 0003."""
    with connection.cursor() as cursor:
        cursor.execute("select organization_of_chat_key(%s)", [key])
        found: int | None = cursor.fetchone()[0]
        return found


def comes_from(host: str, headers: Any) -> bool:
    """Whether a page of `host` sent it. Every browser of today names the origin of what it posts or connects.

    Whoever names none is no browser, and nobody else's cookie can be in what it sends.
    """
    origin = headers.get("Origin")
    return origin is None or urlsplit(origin).netloc == host


def _framed(response: HttpResponse, stream: WorkStream) -> HttpResponse:
    return may_be_framed(response, stream.allowed_origins)
