"""Which right a call asks of the key; the key itself was checked before the call began."""

from typing import Any

from django.http import HttpRequest
from ninja.security import HttpBearer

from contact_center.tenancy.api_keys import ApiCaller, require_scope
from contact_center.tenancy.models import ApiKey


class Bearer(HttpBearer):
    """Lets in keys that carry the scope."""

    def __init__(self, scope: str) -> None:
        super().__init__()
        self.scope = scope

    def __call__(self, request: HttpRequest) -> ApiCaller:
        return require_scope(request, self.scope)

    def authenticate(self, request: HttpRequest, token: str) -> Any:
        raise NotImplementedError


INTAKE = Bearer(ApiKey.Scope.INTAKE)
READ = Bearer(ApiKey.Scope.READ)
PRESENCE = Bearer(ApiKey.Scope.PRESENCE)
