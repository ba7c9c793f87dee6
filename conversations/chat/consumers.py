"""A customer's socket: let in by the visitor's cookie of that chat alone, shown that visitor's chat alone."""

import asyncio
import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import close_old_connections
from django.http import Http404

from contact_center.live.consumers import LiveConsumer
from contact_center.live.protocol import NOT_FOUND, RIGHT_ENDED, SLOW_DOWN, AccessEnded, LiveView
from contact_center.tenancy.access import Actor
from contact_center.tenancy.scope import organization_scope
from conversations.chat.access import comes_from, customer_actor, organization_of_chat_key, stream_of
from conversations.chat.limits import What, address_of, seconds_to_wait
from conversations.chat.live_view import ChatView
from conversations.chat.reading import current_conversation
from conversations.chat.standing import is_over
from conversations.chat.visitors import Visitor, cookie_name
from conversations.models import Customer
from conversations.typing import Side, has_stopped, is_typing

# However often a page says so.
TYPING_EVERY_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class ChatDoor:
    """What the address, the headers and the cookie of a customer's socket say."""

    key: str
    visitor: Visitor | None
    own_origin: bool
    address: str

    @classmethod
    def of(cls, scope: dict[str, Any]) -> "ChatDoor":
        key, headers = scope["url_route"]["kwargs"]["key"], _headers(scope["headers"])
        remote = (scope.get("client") or ("",))[0]
        return cls(
            key=key,
            visitor=Visitor.of_cookie(scope["cookies"].get(cookie_name(key), ""), key),
            # Sites that may show the page in a frame may not speak in its place.
            own_origin=comes_from(headers.get("Host", ""), headers),
            address=address_of(headers.get("X-Forwarded-For", ""), remote),
        )

    def resolve(self) -> tuple[Actor, LiveView]:
        # A worker thread has no request at whose end Django would give the connection back.
        close_old_connections()
        try:
            return self._resolve()
        finally:
            close_old_connections()

    def _resolve(self) -> tuple[Actor, LiveView]:
        organization_id = organization_of_chat_key(self.key)
        if not self.own_origin:
            raise AccessEnded(RIGHT_ENDED)
        if organization_id is None or self.visitor is None:
            raise AccessEnded(NOT_FOUND)
        if seconds_to_wait(What.SOCKET, key=self.key, visitor=self.visitor.token, address=self.address):
            raise AccessEnded(SLOW_DOWN)
        with organization_scope(organization_id):
            return self._view(self.visitor)

    def _view(self, visitor: Visitor) -> tuple[Actor, LiveView]:
        try:
            stream = stream_of(self.key)
        except Http404:
            raise AccessEnded(NOT_FOUND) from None
        customer = Customer.objects.filter(external_id=visitor.external_id).only("pk").first()
        if customer is None:
            raise AccessEnded(NOT_FOUND)
        return customer_actor(stream.organization), ChatView(visitor, stream, stream.organization, customer.pk)

    def tell_typing(self, types: bool) -> None:
        """In the conversation the visitor has now, while it goes on."""
        close_old_connections()
        try:
            organization_id = organization_of_chat_key(self.key)
            if organization_id is None or self.visitor is None:
                return
            with organization_scope(organization_id):
                conversation = current_conversation(self.visitor, stream_of(self.key))
            if conversation is not None and not is_over(conversation):
                (is_typing if types else has_stopped)(organization_id, conversation.pk, Side.CUSTOMER)
        except Http404:
            return
        finally:
            close_old_connections()


class ChatConsumer(LiveConsumer):
    """The console's socket with another door; the page may say that its customer is typing, nothing more."""

    entry: ChatDoor
    told_at = 0.0
    says: bool = False

    def door(self) -> ChatDoor:
        return ChatDoor.of(self.scope)

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None, **rest: Any) -> None:
        if text_data in ("typing", "stopped"):
            await self._tell(text_data == "typing")
        else:
            await super().receive(text_data=text_data)

    async def _tell(self, types: bool) -> None:
        now = time.monotonic()
        if self.says == types and (not types or now - self.told_at < TYPING_EVERY_SECONDS):
            return
        self.says, self.told_at = types, now
        await asyncio.get_running_loop().run_in_executor(self.hub.doorkeeper, self.entry.tell_typing, types)


def _headers(pairs: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    """By the names HTTP knows them by; of several with one name the last."""
    return {name.decode("latin-1").title(): value.decode("latin-1") for name, value in pairs}
