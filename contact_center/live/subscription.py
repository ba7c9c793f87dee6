"""One Redis connection per process that listens for the organizations watched here, and says when it was deaf."""

import asyncio
import contextlib
from collections.abc import Callable
from typing import Any

import redis.asyncio as redis
import structlog
from redis.asyncio.client import PubSub
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as RedisConnectionError

logger = structlog.get_logger(__name__)

QUIET_SECONDS = 5.0
FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 0.1, 5.0


class Subscription:
    """Keeps the connection subscribed to exactly the wanted channels.

    `on_subscribed` is called at each confirmation, a repeated one included: whatever was published before it may have
    been missed. `on_lost` is called when the connection breaks.
    """

    def __init__(
        self,
        url: str,
        *,
        on_message: Callable[[str, bytes], None],
        on_subscribed: Callable[[str], None],
        on_lost: Callable[[], None],
    ) -> None:
        self._url = url
        self._on_message, self._on_subscribed, self._on_lost = on_message, on_subscribed, on_lost
        self._wanted: set[str] = set()
        self._sent: set[str] = set()
        self._confirmed: set[str] = set()
        self._changed = asyncio.Event()

    def want(self, channel: str) -> bool:
        """Listen to the channel from now on; true when that is confirmed already."""
        self._wanted.add(channel)
        self._changed.set()
        return channel in self._confirmed

    def drop(self, channel: str) -> None:
        self._wanted.discard(channel)
        self._changed.set()

    async def run(self) -> None:
        pause = FIRST_PAUSE_SECONDS
        while True:
            try:
                await self._listen()
            except* Exception as lost:  # noqa: BLE001 - whatever it was, the hub must hear again
                if self._confirmed:
                    pause = FIRST_PAUSE_SECONDS
                logger.warning("live_redis_lost", errors=[str(error) for error in lost.exceptions], pause=pause)
            self._sent, self._confirmed = set(), set()
            self._on_lost()
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE_SECONDS)

    async def _listen(self) -> None:
        # No retries inside the client: it would subscribe again in silence.
        client = redis.Redis.from_url(self._url, retry=Retry(NoBackoff(), 0), socket_connect_timeout=2)
        async with contextlib.aclosing(client), client.pubsub() as pubsub, asyncio.TaskGroup() as both:
            await pubsub.connect()
            self._changed.set()
            both.create_task(self._read(pubsub))
            both.create_task(self._write(pubsub))

    async def _write(self, pubsub: PubSub) -> None:
        while True:
            await self._changed.wait()
            self._changed.clear()
            new, old = self._wanted - self._sent, self._sent - self._wanted
            self._sent = set(self._wanted)
            self._confirmed -= old
            if new:
                await pubsub.subscribe(*new)
            if old:
                await pubsub.unsubscribe(*old)

    async def _read(self, pubsub: PubSub) -> None:
        asked = False
        while True:
            message = await pubsub.get_message(timeout=QUIET_SECONDS)
            if message is not None:
                asked = False
                self._take(message)
            elif asked:
                raise RedisConnectionError("Redis did not answer in time.")
            else:
                # A half-open connection is silent too; only an answer tells.
                asked = True
                await pubsub.ping()

    def _take(self, message: dict[str, Any]) -> None:
        if message["type"] == "message":
            self._on_message(message["channel"].decode(), message["data"])
        elif message["type"] == "subscribe":
            channel = message["channel"].decode()
            if channel in self._sent:
                self._confirmed.add(channel)
            self._on_subscribed(channel)
