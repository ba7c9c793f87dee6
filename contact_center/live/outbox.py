"""The frames one socket has yet to be sent, in order, so that the hub never waits for a network."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable

from contact_center.live.protocol import SLOW_DOWN

# Under Daphne a send never waits and the box is empty at once; a server that does wait gets this much patience.
MOST_FRAMES = 60


class Outbox:
    def __init__(self, send: Callable[..., Awaitable[None]], close: Callable[..., Awaitable[None]]) -> None:
        self._send, self._close = send, close
        self._frames: deque[str] = deque()
        self._closing: int | None = None
        self._writer: asyncio.Task[None] | None = None

    def push(self, frame: str) -> None:
        if self._closing is not None:
            return
        if len(self._frames) >= MOST_FRAMES:
            self.end(SLOW_DOWN)
            return
        self._frames.append(frame)
        self._write()

    def end(self, code: int) -> None:
        """Close without sending what is left: after a lost right nothing more may go out."""
        self._frames.clear()
        if self._closing is None:
            self._closing = code
            self._write()

    def discard(self) -> None:
        self._frames.clear()
        self._closing = 0

    def _write(self) -> None:
        if self._writer is None or self._writer.done():
            self._writer = asyncio.get_running_loop().create_task(self._drain())

    async def _drain(self) -> None:
        while self._frames:
            await self._send(text_data=self._frames.popleft())
        if self._closing:
            await self._close(code=self._closing)
