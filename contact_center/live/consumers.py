"""Carries bytes between one browser and the hub: no query, no markup and no rule in here.

Refusals close the accepted socket with a code (4401 not signed in, 4403 right missing or ended, 4404 no such place or
not a member): a browser learns nothing from a refused handshake, and htmx would try it again for ever.
"""

import asyncio
import time
from typing import Any

from channels.generic.websocket import AsyncWebsocketConsumer

from contact_center.live.entry import Door, Entry
from contact_center.live.hub import running_hub
from contact_center.live.outbox import Outbox
from contact_center.live.protocol import NOT_FOUND, RIGHT_ENDED, AccessEnded, LiveView


class LiveConsumer(AsyncWebsocketConsumer):
    # No channel layer: with one, every socket would hold a subscription of its own.
    channel_layer_alias = "none"
    membership_id: int | None = None
    resolved_at = 0.0

    def door(self) -> Door:
        """What the address and the cookie of this socket say; sockets of other people bring another."""
        return Entry.of(self.scope)

    async def connect(self) -> None:
        self.entry, self.hub, self.outbox = self.door(), running_hub(), Outbox(self.send, self.close)
        await self.accept()
        self.resolved_at = time.monotonic()
        loop = asyncio.get_running_loop()
        try:
            actor, view = await loop.run_in_executor(self.hub.doorkeeper, self.entry.resolve)
        except AccessEnded as refused:
            await self.close(refused.code)
        else:
            self.membership_id = actor.membership_id
            self.hub.join(view, self)

    async def disconnect(self, code: int) -> None:
        self.hub.leave(self)
        self.outbox.discard()

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None, **rest: Any) -> None:
        if text_data == "page":
            self.hub.ask_page(self)

    # --- What the hub calls ---

    def push(self, frame: str) -> None:
        self.outbox.push(frame)

    def end(self, code: int) -> None:
        self.outbox.end(code)

    def refresh_rights(self) -> LiveView:
        self.resolved_at = time.monotonic()
        try:
            return self.entry.resolve()[1]
        except AccessEnded as ended:
            raise AccessEnded(RIGHT_ENDED if ended.code == NOT_FOUND else ended.code) from None
