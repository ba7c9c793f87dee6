"""From a bearer key to an organization: who calls the HTTP API, and the scope around the whole call.

A key is not a person: its actor has no membership, no roles and so no supervisor action.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import structlog
from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils import timezone

from contact_center.tenancy.access import Actor
from contact_center.tenancy.api_errors import SENTENCES, ApiError
from contact_center.tenancy.lookup import organization_of_api_key
from contact_center.tenancy.models import ApiKey, hash_key
from contact_center.tenancy.rate_limit import count_call
from contact_center.tenancy.scope import organization_scope

logger = structlog.get_logger(__name__)

API_PATH = "/api/v1/"
# Readable without a key: it says nothing about any organization.
PUBLIC_PATHS = frozenset({f"{API_PATH}openapi.json"})
DEMO_PREFIX = "demo-key-"
# One call carries at most this much; the batch call is meant for many messages of usual size.
MAX_BODY_BYTES = 2_500_000
# Noting every call would make all calls of a key wait for one row.
LAST_USED_PRECISION = timedelta(minutes=15)
# Where each key was found last, by its hash: a key stays in its organization. Whether it still counts is asked there,
# with every call.
_homes: dict[str, int] = {}
KEYS_REMEMBERED = 10_000

GetResponse = Callable[[HttpRequest], HttpResponseBase]


@dataclass(frozen=True, slots=True)
class ApiCaller:
    """The key behind a call, and what it may do."""

    key_id: int
    scopes: frozenset[str]
    actor: Actor


class ApiRequest(HttpRequest):
    """A request below /api/v1/ after the middleware."""

    api_caller: ApiCaller


class ApiKeyMiddleware:
    """Sync only, like the one for pages: the scope is a transaction of the view's own thread."""

    sync_capable = True
    async_capable = False

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: ApiRequest) -> HttpResponseBase:
        if not request.path_info.startswith(API_PATH):
            return self.get_response(request)
        try:
            refuse_large_body(request)
            if request.path_info in PUBLIC_PATHS:
                return self.get_response(request)
            return self._in_scope(request)
        except ApiError as error:
            return error.response()
        except Exception as error:
            logger.exception("api_call_failed", error=str(error))
            return ApiError(500).response()

    def _in_scope(self, request: ApiRequest) -> HttpResponseBase:
        key = bearer_key(request)
        digest = hash_key(key)
        if (known := _homes.get(digest)) and (response := self._answer(request, key, known)) is not None:
            return response
        organization_id = organization_of_api_key(key)
        if organization_id is None or (response := self._answer(request, key, organization_id)) is None:
            _homes.pop(digest, None)
            raise unknown_key()
        if len(_homes) < KEYS_REMEMBERED:
            _homes[digest] = organization_id
        return response

    def _answer(self, request: ApiRequest, key: str, organization_id: int) -> HttpResponseBase | None:
        """None where this organization has no such key, or has it no longer."""
        with organization_scope(organization_id):
            caller = caller_of(key)
            if caller is None:
                return None
            request.api_caller = caller
            response = as_json(self.get_response(request))
            if response.status_code >= 400:
                # A call that is answered with an error has changed nothing.
                transaction.set_rollback(True)
            return response


def refuse_large_body(request: HttpRequest) -> None:
    announced = request.META.get("CONTENT_LENGTH") or "0"
    if announced.isdecimal() and int(announced) > MAX_BODY_BYTES:
        raise ApiError(413, sentence=f"A call carries at most {MAX_BODY_BYTES:,} bytes; split it.")


def bearer_key(request: HttpRequest) -> str:
    """Raises ApiError where there is none."""
    scheme, _, key = request.headers.get("Authorization", "").partition(" ")
    key = key.strip()
    if scheme.lower() != "bearer" or not key:
        raise ApiError(401, headers={"WWW-Authenticate": "Bearer"})
    if key.startswith(DEMO_PREFIX) and not settings.DEMO:
        raise demo_key()
    return key


CALLER = (
    "pk",
    "name",
    "scopes",
    "per_minute",
    "last_used_at",
    "organization_id",
    "organization__slug",
    "organization__is_active",
    "organization__is_demo",
)


def caller_of(key: str) -> ApiCaller | None:
    """Who calls with the key, read inside the scope; None for an unknown one. One query. Raises ApiError."""
    row = next(iter(ApiKey.objects.filter(key_hash=hash_key(key), revoked_at=None).values(*CALLER)), None)
    if row is None or not row["organization__is_active"]:
        return None
    if key.startswith(DEMO_PREFIX) and not row["organization__is_demo"]:
        raise demo_key()
    verdict = count_call(row["pk"], row["per_minute"])
    if not verdict.allowed:
        raise ApiError(
            429,
            sentence=f"This key may call {row['per_minute']:,} times a minute; repeat in {verdict.retry_after} s.",
            headers={"Retry-After": str(verdict.retry_after)},
        )
    now = timezone.now()
    if row["last_used_at"] is None or now - row["last_used_at"] > LAST_USED_PRECISION:
        ApiKey.objects.filter(pk=row["pk"]).update(last_used_at=now)
    return ApiCaller(
        key_id=row["pk"],
        scopes=frozenset(row["scopes"]),
        actor=Actor(
            organization_id=row["organization_id"],
            organization_slug=row["organization__slug"],
            name=f"API key {row['name']}",
        ),
    )


def require_scope(request: HttpRequest, scope: str) -> ApiCaller:
    """Raises ApiError when the key of this call lacks the scope."""
    caller: ApiCaller | None = getattr(request, "api_caller", None)
    if caller is None:
        raise ApiError(401, headers={"WWW-Authenticate": "Bearer"})
    if scope not in caller.scopes:
        label = ApiKey.Scope(scope).label.lower()
        raise ApiError(403, "missing_scope", f"This API key lacks the right “{label}” (scope {scope}).")
    return caller


def as_json(response: HttpResponseBase) -> HttpResponseBase:
    """Pages of Django about a wrong address or method, in the API's own shape."""
    is_page = not response.headers.get("Content-Type", "").startswith("application/json")
    if response.status_code < 400 or not is_page:
        return response
    status = response.status_code if response.status_code in SENTENCES else 400
    answer: HttpResponse = ApiError(status).response()
    if "Allow" in response.headers:
        answer.headers["Allow"] = response.headers["Allow"]
    return answer


def unknown_key() -> ApiError:
    return ApiError(
        401, "unknown_key", "This API key is unknown or has been revoked.", headers={"WWW-Authenticate": "Bearer"}
    )


def demo_key() -> ApiError:
    sentence = "Keys that begin with demo-key- work in the demo only; issue one with manage.py rotate_api_key."
    return ApiError(401, "demo_key", sentence, headers={"WWW-Authenticate": "Bearer"})
