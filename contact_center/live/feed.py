"""The views of one organization that somebody watches here, and what was heard about it since the last tick."""

import asyncio
import time
from collections.abc import Hashable

from contact_center.live.protocol import LiveView, Socket
from contact_center.live.watched import Watched


class Feed:
    def __init__(self, organization_id: int, *, heard: bool) -> None:
        self.organization_id = organization_id
        self.views: dict[Hashable, Watched] = {}
        self.pending: dict[str, frozenset[int] | None] = {}
        self.first_heard: float | None = None
        # Changes with the configuration, so that rows rendered before are not found in the cache any more.
        self.generation = 0
        # Set while Redis has confirmed that changes of this organization reach us.
        self.hearing = asyncio.Event()
        if heard:
            self.hearing.set()
        # The memberships to look at first in the next round of checks; None when no round is due.
        self.rights_due: frozenset[int] | None = None
        self.rights_busy = False
        self.rights_heard_at = self.rights_read_at = time.monotonic()

    def watched(self, view: LiveView) -> Watched:
        """What is kept for the view, made anew for its first viewer."""
        found = self.views.get(view.key)
        if found is None:
            found = self.views[view.key] = Watched(view)
        return found

    def gather(self, kind: str, ids: frozenset[int] | None) -> None:
        known = self.pending.get(kind, frozenset())
        self.pending[kind] = None if ids is None or known is None else known | ids

    @property
    def sockets(self) -> list[Socket]:
        return [socket for watched in self.views.values() for socket in watched.sockets]
