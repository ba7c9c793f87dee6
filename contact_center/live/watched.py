"""One distinct view with everybody who watches it: what they have been shown, and what is owed to them."""

import time
from datetime import datetime

from contact_center.live import frames, metrics
from contact_center.live.protocol import LiveView, Snapshot, Socket
from contact_center.live.reading import Answer, Job


class Watched:
    """All of it happens in the event loop; a read is under way at most once at a time.

    `settled` sockets have been given the page that `snapshot` describes and get changes from then on; `waiting` ones
    are owed the whole page first. Because a socket passes from one to the other in the same step in which it is given
    the page, it neither misses a change nor gets one older than its page.
    """

    def __init__(self, view: LiveView) -> None:
        self.view = view
        self.settled: set[Socket] = set()
        self.waiting: set[Socket] = set()
        self.snapshot: Snapshot | None = None
        self.as_of: datetime | None = None
        self.page: str | None = None
        self.dirty = True
        self.whole = False
        self.busy = False
        self.failures = 0
        self.read_at = 0.0
        self.oldest_change: float | None = None

    @property
    def sockets(self) -> set[Socket]:
        return self.settled | self.waiting

    @property
    def abandoned(self) -> bool:
        return not self.settled and not self.waiting

    @property
    def in_need(self) -> bool:
        return not self.abandoned and (self.dirty or bool(self.waiting))

    def touch(self, *, whole: bool = False, since: float | None = None) -> None:
        """The database may have moved on; `since` says when the first word of it came."""
        self.dirty = True
        self.whole = self.whole or whole
        if self.oldest_change is None:
            self.oldest_change = since

    def serve(self) -> bool:
        """Give the page at hand to whoever waits for it, if it is current."""
        if self.dirty or self.page is None or self.as_of is None:
            return False
        if self.waiting:
            self._hand_out(self.waiting, self.page + frames.state(updates=0, as_of=self.as_of, page=True))
            self.settled |= self.waiting
            self.waiting = set()
        return True

    def next_job(self, generation: int) -> Job:
        job = Job(
            self.view,
            self.snapshot,
            self.as_of,
            generation,
            read=self.dirty or self.snapshot is None,
            page=bool(self.waiting),
            whole=self.whole,
        )
        # Cleared before the read begins: a change that comes during it is read again.
        self.dirty = self.whole = False
        if job.read:
            self.read_at = time.monotonic()
        return job

    def accept(self, answer: Answer) -> None:
        unchanged = self.snapshot == answer.snapshot and answer.change is None
        self.snapshot, self.as_of = answer.snapshot, answer.as_of
        self.page = answer.page or (self.page if unchanged else None)
        self.failures = 0
        if answer.change is not None:
            closing = frames.state(updates=answer.updates, as_of=answer.as_of, page=answer.whole)
            self._hand_out(self.settled, answer.change + closing)
        if answer.page is not None:
            waiting, self.waiting = self.waiting, set()
            self._hand_out(waiting, answer.page + frames.state(updates=0, as_of=answer.as_of, page=True))
            self.settled |= waiting
        if self.oldest_change is not None:
            metrics.CHANGE_AGE.observe(time.monotonic() - self.oldest_change)
            self.oldest_change = None

    def failed(self) -> int:
        """What was shown last is still known, but everybody gets the whole page once reading works again."""
        self.failures += 1
        self.touch(whole=True)
        return self.failures

    @staticmethod
    def _hand_out(sockets: set[Socket], frame: str) -> None:
        once = frames.Frame(frame)
        for socket in sockets:
            socket.push(once)
        metrics.FRAMES.inc(len(sockets))
