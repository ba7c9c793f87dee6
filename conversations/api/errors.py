"""Every failure of a call, in the API's one shape."""

import uuid
from collections.abc import Callable
from typing import Any

import structlog
from django.core.exceptions import RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError

from contact_center.errors import Conflict, DomainError, Invalid, NotFound, Refused
from contact_center.tenancy.api_errors import ApiError

logger = structlog.get_logger(__name__)

STATUS_OF: dict[type[DomainError], int] = {Refused: 409, Conflict: 409, NotFound: 404, Invalid: 422}
# The parts of a location that name our own function's argument, not something the caller sent.
OWN_NAMES = frozenset({"body", "query", "path", "header", "payload", "filters"})

SENTENCES: dict[str, str] = {
    "missing": "This is required.",
    "string_type": "This must be text.",
    "string_too_short": "This may not be empty.",
    "string_too_long": "This is too long: at most {max_length} characters.",
    "too_long": "At most {max_length} are allowed.",
    "too_short": "At least {min_length} is needed.",
    "int_type": "This must be a whole number.",
    "int_parsing": "This must be a whole number.",
    "int_from_float": "This must be a whole number.",
    "int_parsing_size": "This number is too large.",
    "greater_than_equal": "This must be at least {ge}.",
    "less_than_equal": "This must be at most {le}.",
    "enum": "This must be one of {expected}.",
    "literal_error": "This must be one of {expected}.",
    "list_type": "This must be a list.",
    "dict_type": "This must be an object.",
    "model_type": "This must be an object.",
    "model_attributes_type": "This must be an object.",
    "extra_forbidden": "There is no such field.",
    "bool_type": "This must be true or false.",
    "bool_parsing": "This must be true or false.",
    "string_unicode": "This contains characters that are no valid Unicode.",
}


def install(api: NinjaAPI) -> None:
    """Replace the framework's answers to failures by ours."""
    handlers: tuple[tuple[type[Exception], Callable[..., HttpResponse]], ...] = (
        (ApiError, _api_error),
        (DomainError, _domain_error),
        (ValidationError, _validation_error),
        (HttpError, _http_error),
        (Http404, lambda request, error: ApiError(404).response()),
        (RequestDataTooBig, lambda request, error: ApiError(413).response()),
        (Exception, _unexpected),
    )
    for kind, handler in handlers:
        api.add_exception_handler(kind, handler)


def _api_error(request: HttpRequest, error: ApiError) -> HttpResponse:
    return error.response()


def _domain_error(request: HttpRequest, error: DomainError) -> HttpResponse:
    return of_domain_error(error).response()


def of_domain_error(error: DomainError) -> ApiError:
    status = next((status for kind, status in STATUS_OF.items() if isinstance(error, kind)), 409)
    fields = error.fields if isinstance(error, Invalid) else {}
    return ApiError(status, error.code, error.sentence, fields=fields)


def _validation_error(request: HttpRequest, error: ValidationError) -> HttpResponse:
    return invalid(error.errors).response()


def _http_error(request: HttpRequest, error: HttpError) -> HttpResponse:
    if error.status_code == 400:
        return ApiError(400, "malformed", "The body is not JSON that can be read.").response()
    return ApiError(error.status_code).response()


def _unexpected(request: HttpRequest, error: Exception) -> HttpResponse:
    incident = uuid.uuid4().hex[:12]
    logger.exception("api_call_failed", error=str(error), incident=incident)
    sentence = f"Something went wrong here (incident {incident}). Nothing was changed; the same call may be repeated."
    return ApiError(500, sentence=sentence).response()


def invalid(errors: list[Any]) -> ApiError:
    """422 with one sentence for each field at fault; `errors` as pydantic lists them."""
    fields = {field_name(error["loc"]): sentence_of(error) for error in errors}
    first = next(iter(fields.items()), ("", ""))
    summary = f"{first[0]}: {first[1]}" if first[0] else first[1]
    return ApiError(422, "invalid", summary or "The call makes no sense as it is.", fields=fields)


def field_name(location: tuple[str | int, ...]) -> str:
    """`customer.name`, as the caller wrote it."""
    parts = list(location)
    while parts and parts[0] in OWN_NAMES:
        parts.pop(0)
    return ".".join(str(part) for part in parts)


def sentence_of(error: dict[str, Any]) -> str:
    context = {name: value for name, value in (error.get("ctx") or {}).items() if name != "error"}
    template = SENTENCES.get(error["type"])
    if template is None:
        # Our own validators raise ValueError with a sentence.
        return str(error["msg"]).removeprefix("Value error, ").removesuffix(".") + "."
    try:
        return template.format(**context)
    except KeyError:
        return template
