"""The door of the sockets: who comes in, to which organization, and which view they may see. Asked again later on."""

from dataclasses import dataclass
from importlib import import_module
from types import SimpleNamespace
from typing import Any, Protocol, cast

from django.conf import settings
from django.contrib.auth import get_user
from django.core.exceptions import PermissionDenied
from django.db import close_old_connections
from django.http import HttpRequest, QueryDict

from contact_center.errors import NotFound, Refused
from contact_center.live.protocol import NOT_FOUND, NOT_SIGNED_IN, RIGHT_ENDED, AccessEnded, LiveView
from contact_center.live.registry import factory_of
from contact_center.tenancy.access import Actor, NotAMember, resolve_actor
from contact_center.tenancy.models import Organization
from contact_center.tenancy.scope import organization_scope


class Door(Protocol):
    def resolve(self) -> tuple[Actor, LiveView]:
        """Who comes in as of now, and what they see; AccessEnded when nothing. Runs in a worker thread."""
        ...


@dataclass(frozen=True, slots=True)
class Entry:
    """What the address and the cookie of a socket say."""

    session_key: str | None
    slug: str
    view_name: str
    query_string: str

    @classmethod
    def of(cls, scope: dict[str, Any]) -> "Entry":
        captured = scope["url_route"]["kwargs"]
        return cls(
            session_key=scope["cookies"].get(settings.SESSION_COOKIE_NAME),
            slug=captured["organization"],
            view_name=captured["view"],
            query_string=scope["query_string"].decode("ascii", errors="replace"),
        )

    def resolve(self) -> tuple[Actor, LiveView]:
        """The person's rights and view as of now; AccessEnded when there are none. Runs in a worker thread.

        A foreign organization looks exactly like one that does not exist.
        """
        # A worker thread has no request at whose end Django would give the connection back.
        close_old_connections()
        try:
            return self._resolve()
        finally:
            close_old_connections()

    def _resolve(self) -> tuple[Actor, LiveView]:
        session = import_module(settings.SESSION_ENGINE).SessionStore(self.session_key)
        user = get_user(cast(HttpRequest, SimpleNamespace(session=session)))
        if not user.is_authenticated:
            raise AccessEnded(NOT_SIGNED_IN)
        organization = Organization.objects.filter(slug=self.slug, is_active=True).first()
        factory = factory_of(self.view_name)
        if organization is None or factory is None:
            raise AccessEnded(NOT_FOUND)
        with organization_scope(organization.pk):
            try:
                actor = resolve_actor(user.pk, organization)
                return actor, factory(actor, QueryDict(self.query_string))
            except (NotAMember, NotFound):
                raise AccessEnded(NOT_FOUND) from None
            except (Refused, PermissionDenied):
                raise AccessEnded(RIGHT_ENDED) from None
