"""From a chat key to an organization and its work stream: the entry check of every customer page."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, cast

from django.conf import settings
from django.db import connection, transaction
from django.http import Http404, HttpRequest, HttpResponse

from contact_center.tenancy.access import Actor
from contact_center.tenancy.models import Organization
from contact_center.tenancy.rate_limit import count_call
from contact_center.tenancy.scope import organization_scope
from conversations.chat.visitors import Visitor
from routing.models import WorkStream

# Requests of one visitor in a minute: an open page asks every two seconds, a person writes now and then.
PER_MINUTE = 120
# Many people may share an address; a script that throws its cookies away stays below this.
PER_MINUTE_AND_ADDRESS = 3_000
POSTS_PER_MINUTE_AND_ADDRESS = 120


class ChatRequest(HttpRequest):
    """A request to a customer page inside its organization's scope."""

    stream: WorkStream
    organization: Organization
    visitor: Visitor
    # Who acts: somebody outside, with no right in the console.
    customer: Actor


P = ParamSpec("P")


View = Callable[Concatenate[Any, P], HttpResponse]


def chat_view(view: View[P]) -> View[P]:
    """Open the scope of the organization that the key belongs to; 404 for an unknown key, 429 for a flood."""

    @wraps(view)
    def guarded(request: ChatRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        key = str(kwargs["key"])
        organization_id = organization_of_chat_key(key)
        if organization_id is None:
            raise Http404("There is no such chat.")
        with organization_scope(organization_id):
            request.stream = WorkStream.objects.select_related("organization").get(chat_key=key)
            request.organization = request.stream.organization
            request.visitor = Visitor.of(request, key)
            request.customer = Actor(organization_id=organization_id, name="Customer")
            if not request.organization.is_active:
                raise Http404("There is no such chat.")
            if _is_flooding(request):
                return HttpResponse("Too many messages in a short time. Please wait a minute.", status=429)
            response = view(request, *args, **kwargs)
            if response.status_code >= 400:
                transaction.set_rollback(True)
            return response

    return cast(View[P], guarded)


def organization_of_chat_key(key: str) -> int | None:
    """See the SQL function in routing's migration 0003."""
    with connection.cursor() as cursor:
        cursor.execute("select organization_of_chat_key(%s)", [key])
        found: int | None = cursor.fetchone()[0]
        return found


def _is_flooding(request: ChatRequest) -> bool:
    """Counts the visitor, and the address for whoever comes without a cookie each time."""
    key, address = request.visitor.key, _address(request)
    limits = {f"chat:{request.visitor.token}": PER_MINUTE, f"chat:{key}:{address}": PER_MINUTE_AND_ADDRESS}
    if request.method == "POST":
        limits[f"chat-post:{key}:{address}"] = POSTS_PER_MINUTE_AND_ADDRESS
    return not all(count_call(name, limit).allowed for name, limit in limits.items())


def _address(request: HttpRequest) -> str:
    """The proxy's word for it where the operator trusts the proxy."""
    forwarded = request.headers.get("X-Forwarded-For", "") if settings.TRUST_PROXY else ""
    return forwarded.rpartition(",")[2].strip() or str(request.META.get("REMOTE_ADDR", ""))
