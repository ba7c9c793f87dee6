"""The hub: one per process, it keeps every distinct view current and hands the same text to all who watch it."""

import asyncio
import contextlib
import json
import time
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from weakref import WeakKeyDictionary

import structlog
from django.conf import settings
from django.utils import timezone

from contact_center.live import frames, metrics
from contact_center.live.feed import Feed
from contact_center.live.protocol import AccessEnded, LiveView, Socket
from contact_center.live.publish import channel_name
from contact_center.live.reading import perform
from contact_center.live.rows import RowCache
from contact_center.live.subscription import Subscription
from contact_center.live.watched import Watched

logger = structlog.get_logger(__name__)

READING_THREADS = 2
DOOR_THREADS = 2
CACHED_ROWS = 4_000
# How long a first read waits for Redis to confirm that changes will be heard.
HEARING_SECONDS = 1.0
LONGEST_PAUSE_SECONDS = 5.0
RIGHTS_SECONDS = 60.0
# Without Redis the views are read at this pace.
DEAF_REREAD_SECONDS = 5.0


class Hub:
    """Every method is called in the event loop and none of them waits; reading happens in the hub's own threads."""

    def __init__(self, *, redis_url: str, tick_seconds: float, heartbeat_seconds: float) -> None:
        self._tick_seconds, self._heartbeat_seconds = tick_seconds, heartbeat_seconds
        self._loop = asyncio.get_running_loop()
        self._feeds: dict[int, Feed] = {}
        self._places: dict[Socket, Watched] = {}
        self._cache = RowCache(CACHED_ROWS)
        self._readers = ThreadPoolExecutor(READING_THREADS, thread_name_prefix="live-read")
        # Apart from the readers, so that a thousand people whose rights are read again don't hold up the lists.
        self.doorkeeper = ThreadPoolExecutor(DOOR_THREADS, thread_name_prefix="live-rights")
        self._tasks: set[asyncio.Task[None]] = set()
        self._subscription = Subscription(
            redis_url, on_message=self._heard, on_subscribed=self._hearing, on_lost=self._deaf
        )
        self._start(self._subscription.run())
        self._start(self._beat())

    # --- Sockets come and go ---

    def join(self, view: LiveView, socket: Socket) -> None:
        """Show the view to the socket: the whole page first, then every change. A socket watches one view at a time."""
        feed = self._feed(view.organization_id)
        watched = feed.watched(view)
        previous, self._places[socket] = self._places.get(socket), watched
        watched.waiting.add(socket)
        if previous is not None:
            previous.settled.discard(socket)
            if previous is not watched:
                self._take_out(socket, previous)
        self._count()
        self._wake(feed, watched)
        if feed.rights_heard_at > socket.resolved_at:  # they changed while the socket was let in
            self._start(self._recheck_one(socket))

    def leave(self, socket: Socket) -> None:
        watched = self._places.pop(socket, None)
        if watched is not None:
            self._take_out(socket, watched)
            self._count()

    def ask_page(self, socket: Socket) -> None:
        """The socket withheld frames and wants the page instead. Until it comes, changes would make no sense to it."""
        watched = self._places.get(socket)
        if watched is None or socket in watched.waiting:
            return
        watched.settled.discard(socket)
        watched.waiting.add(socket)
        # At the pace of the ticks, however often it is asked.
        feed = self._feeds[watched.view.organization_id]
        self._loop.call_later(self._tick_seconds, self._wake, feed, watched)

    async def close(self) -> None:
        pending = set(self._tasks)
        while pending:
            for task in pending:
                task.cancel()
            # Again after a moment: where a time-out strikes at the same moment, it is taken for the cancellation.
            _, pending = await asyncio.wait(pending, timeout=1)
        for threads in (self._readers, self.doorkeeper):
            await asyncio.to_thread(threads.shutdown, cancel_futures=True)

    def _feed(self, organization_id: int) -> Feed:
        feed = self._feeds.get(organization_id)
        if feed is None:
            heard = self._subscription.want(channel_name(organization_id))
            feed = self._feeds[organization_id] = Feed(organization_id, heard=heard)
        return feed

    def _take_out(self, socket: Socket, watched: Watched) -> None:
        watched.settled.discard(socket)
        watched.waiting.discard(socket)
        feed = self._feeds.get(watched.view.organization_id)
        if feed is None or not watched.abandoned:
            return
        if feed.views.get(watched.view.key) is watched:
            del feed.views[watched.view.key]
        if not feed.views:
            del self._feeds[feed.organization_id]
            self._subscription.drop(channel_name(feed.organization_id))

    def _count(self) -> None:
        metrics.SOCKETS.set(len(self._places))
        metrics.VIEWS.set(sum(len(feed.views) for feed in self._feeds.values()))

    # --- What Redis says ---

    def _heard(self, channel: str, payload: bytes) -> None:
        feed = self._feeds.get(int(channel.rpartition(":")[2]))
        if feed is None:
            return
        try:
            message = json.loads(payload)
            kind, ids = str(message["kind"]), message["ids"]
            feed.gather(kind, None if ids is None else frozenset(ids))
        except (ValueError, KeyError, TypeError):
            logger.warning("live_message_not_understood", channel=channel)
            return
        if feed.first_heard is None:
            feed.first_heard = time.monotonic()
            self._loop.call_later(self._tick_seconds, self._tick, feed)

    def _hearing(self, channel: str) -> None:
        feed = self._feeds.get(int(channel.rpartition(":")[2]))
        if feed is None:
            return
        feed.hearing.set()
        # Whatever was published before this moment may have been missed, changes of rights included.
        for watched in feed.views.values():
            watched.touch(whole=watched.snapshot is not None)
            self._wake(feed, watched)
        self._recheck(feed)

    def _deaf(self) -> None:
        for feed in self._feeds.values():
            feed.hearing.clear()

    def _tick(self, feed: Feed) -> None:
        pending, feed.pending = feed.pending, {}
        since, feed.first_heard = feed.first_heard, None
        if "rights" in pending:
            self._recheck(feed, pending["rights"])
        anew = "configuration" in pending
        feed.generation += anew
        for watched in feed.views.values():
            if anew or any(watched.view.concerned_by(kind, ids) for kind, ids in pending.items()):
                watched.touch(whole=anew, since=since)
                self._wake(feed, watched)

    # --- Keeping a view current ---

    def _wake(self, feed: Feed, watched: Watched) -> None:
        if watched.busy or not watched.in_need or watched.serve():
            return
        watched.busy = True
        self._start(self._keep_current(feed, watched))

    async def _keep_current(self, feed: Feed, watched: Watched) -> None:
        try:
            while watched.in_need:
                if not watched.serve():
                    await self._refresh(feed, watched)
        finally:
            watched.busy = False

    async def _refresh(self, feed: Feed, watched: Watched) -> None:
        if watched.snapshot is None and not feed.hearing.is_set():
            # Listening first, reading afterwards: a change in between would be lost to this view.
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(feed.hearing.wait(), HEARING_SECONDS)
        job = watched.next_job(feed.generation)
        try:
            answer = await self._loop.run_in_executor(self._readers, perform, job, self._cache)
        except Exception:  # a lost connection or a faulty view: neither may end the hub
            metrics.FAILURES.inc()
            failures = watched.failed()
            logger.warning("live_read_failed", view=type(watched.view).__name__, failures=failures, exc_info=True)
            await asyncio.sleep(min(0.2 * 2 ** min(failures, 10), LONGEST_PAUSE_SECONDS))
        else:
            watched.accept(answer)

    # --- Rights ---

    def _recheck(self, feed: Feed, first: frozenset[int] | None = None) -> None:
        feed.rights_heard_at = time.monotonic()
        feed.rights_due = (feed.rights_due or frozenset()) | (first or frozenset())
        if not feed.rights_busy:
            feed.rights_busy = True
            self._start(self._recheck_all(feed))

    async def _recheck_all(self, feed: Feed) -> None:
        """Everybody, as a toggle concerns all; the memberships named in the message before the others."""
        try:
            while feed.rights_due is not None:
                first, feed.rights_due = feed.rights_due, None
                feed.rights_read_at = time.monotonic()
                for socket in sorted(feed.sockets, key=lambda socket: socket.membership_id not in first):
                    await self._recheck_one(socket)
        finally:
            feed.rights_busy = False

    async def _recheck_one(self, socket: Socket) -> None:
        pause = 0.2
        while socket in self._places:
            try:
                view = await self._loop.run_in_executor(self.doorkeeper, socket.refresh_rights)
            except AccessEnded as ended:
                self.leave(socket)
                socket.end(ended.code)
                return
            except Exception:  # not known is not ended: asked again until there is an answer
                logger.warning("live_rights_unknown", exc_info=True)
                await asyncio.sleep(pause)
                pause = min(pause * 2, LONGEST_PAUSE_SECONDS)
            else:
                if socket in self._places and self._places[socket].view.key != view.key:
                    self.join(view, socket)
                return

    # --- Heartbeat ---

    async def _beat(self) -> None:
        while True:
            await asyncio.sleep(self._heartbeat_seconds)
            now, fresh = time.monotonic(), frames.state(updates=0, as_of=timezone.now())
            for feed in list(self._feeds.values()):
                if now - feed.rights_read_at > RIGHTS_SECONDS:  # a sign-out is published nowhere
                    self._recheck(feed)
                for watched in list(feed.views.values()):
                    self._beat_one(feed, watched, now, fresh)

    def _beat_one(self, feed: Feed, watched: Watched, now: float, fresh: str) -> None:
        hearing = feed.hearing.is_set()
        if (
            now - watched.read_at > (watched.view.reread_seconds if hearing else DEAF_REREAD_SECONDS)
            and not watched.busy
        ):
            watched.touch()
            self._wake(feed, watched)
        if watched.as_of is None:
            return
        current = hearing and not watched.failures
        frame = fresh if current else frames.state(updates=0, as_of=watched.as_of, stale=True)
        for socket in watched.sockets:
            socket.push(frame)
        metrics.FRAMES.inc(len(watched.settled) + len(watched.waiting))

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = self._loop.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


_hubs: WeakKeyDictionary[asyncio.AbstractEventLoop, Hub] = WeakKeyDictionary()


def running_hub() -> Hub:
    """The hub of this process: of the running event loop, to be exact, of which a web process has one."""
    loop = asyncio.get_running_loop()
    hub = _hubs.get(loop)
    if hub is None:
        hub = _hubs[loop] = Hub(
            redis_url=settings.REDIS_URL,
            tick_seconds=getattr(settings, "LIVE_TICK_SECONDS", 0.2),
            heartbeat_seconds=getattr(settings, "LIVE_HEARTBEAT_SECONDS", 5.0),
        )
    return hub


async def close_running_hub() -> None:
    hub = _hubs.pop(asyncio.get_running_loop(), None)
    if hub is not None:
        await hub.close()
