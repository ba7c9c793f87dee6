"""Reads one view in a worker thread and renders what its viewers need: the change since the last read, or the page."""

import zoneinfo
from collections.abc import Hashable, Iterable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from datetime import datetime

from django.db import close_old_connections
from django.utils import timezone

from contact_center.live import frames, metrics
from contact_center.live.difference import Difference, difference
from contact_center.live.protocol import LiveView, Snapshot, Stamp
from contact_center.live.rows import RowCache
from contact_center.tenancy.scope import organization_scope

# Row by row is worth its while up to half of the page; a short page may change as a whole.
ALWAYS_ROW_BY_ROW = 10


@dataclass(frozen=True, slots=True)
class Job:
    """What a view needs now. `shown` is what its settled viewers have; `generation` changes with the configuration."""

    view: LiveView
    shown: Snapshot | None
    as_of: datetime | None
    generation: int
    read: bool
    page: bool
    whole: bool


@dataclass(frozen=True, slots=True)
class Answer:
    """`change` brings settled viewers up to date; `page` is the whole page. Both still lack their state element."""

    snapshot: Snapshot
    as_of: datetime
    change: str | None
    page: str | None
    updates: int

    @property
    def whole(self) -> bool:
        """Whether the change is the page."""
        return self.change is not None and self.change is self.page


def perform(job: Job, cache: RowCache) -> Answer:
    # Connections are given back around every job: a worker thread has no request that would do it.
    close_old_connections()
    try:
        with organization_scope(job.view.organization_id), _in_time_zone(job.view):
            return _answer(job, _Renderer(job.view, job.generation, cache))
    finally:
        close_old_connections()


def _in_time_zone(view: LiveView) -> AbstractContextManager[None]:
    return timezone.override(zoneinfo.ZoneInfo(view.time_zone)) if view.time_zone else nullcontext()


def _answer(job: Job, renderer: "_Renderer") -> Answer:
    if not job.read and job.shown is not None and job.as_of is not None:
        snapshot, page = renderer.page(job.shown)
        return Answer(snapshot, job.as_of, change=None if snapshot == job.shown else page, page=page, updates=0)
    as_of = timezone.now()
    metrics.READS.inc()
    new = job.view.read()
    if job.shown is None:
        new, page = renderer.page(new)
        return Answer(new, as_of, change=page, page=page, updates=0)
    new, found, rows = renderer.difference(job.shown, new)
    if job.whole or _as_a_whole(job.shown, new, found):
        new, page = renderer.page(new)
        return Answer(new, as_of, change=page, page=page, updates=found.updates)
    change = frames.changes(job.view, found, rows)
    if new.counters != job.shown.counters:
        change += job.view.render_counter_changes(job.shown.counters, new.counters)
    if not job.page:
        return Answer(new, as_of, change or None, page=None, updates=found.updates)
    whole, page = renderer.page(new)
    if whole != new:  # a row went between the two: everybody gets the page
        return Answer(whole, as_of, change=page, page=page, updates=found.updates)
    return Answer(new, as_of, change or None, page, updates=found.updates)


def _as_a_whole(old: Snapshot, new: Snapshot, found: Difference) -> bool:
    if not old.rows or not new.rows:  # what stands in an empty table belongs to the page
        return bool(found.size)
    longest = max(len(old.rows), len(new.rows))
    return found.size > max(ALWAYS_ROW_BY_ROW, longest / 2)


class _Renderer:
    """Renders rows through the shared cache. A row that is gone by the time it is rendered leaves the snapshot too."""

    def __init__(self, view: LiveView, generation: int, cache: RowCache) -> None:
        self._view, self._cache = view, cache
        self._scope = (type(view), view.organization_id, view.render_key, view.time_zone, generation)

    def page(self, snapshot: Snapshot) -> tuple[Snapshot, str]:
        rows = self._rows(snapshot, (id for id, _ in snapshot.rows))
        snapshot = _without_gone(snapshot, rows, (id for id, _ in snapshot.rows))
        body = self._view.render_page([rows[id] for id, _ in snapshot.rows])
        return snapshot, body + self._view.render_counters(snapshot.counters)

    def difference(self, old: Snapshot, new: Snapshot) -> tuple[Snapshot, Difference, dict[int, str]]:
        while True:
            found = difference(old, new)
            needed = [*(insertion.id for insertion in found.inserted), *found.changed]
            rows = self._rows(new, needed)
            present = _without_gone(new, rows, needed)
            if present == new:
                return new, found, rows
            new = present

    def _rows(self, snapshot: Snapshot, ids: Iterable[int]) -> dict[int, str]:
        stamps: dict[int, Stamp] = dict(snapshot.rows)
        keys: dict[int, Hashable] = {id: (self._scope, id, stamps[id]) for id in ids}
        found = self._cache.get(keys.values())
        if len(found) < len(keys):
            with self._cache.rendering(self._scope):
                found |= self._render({id: key for id, key in keys.items() if key not in found})
        return {id: found[key] for id, key in keys.items() if key in found}

    def _render(self, keys: dict[int, Hashable]) -> dict[Hashable, str]:
        # Another view may have rendered them while this one waited.
        found = self._cache.get(keys.values())
        missing = [id for id, key in keys.items() if key not in found]
        if missing:
            metrics.ROWS_RENDERED.inc(len(missing))
            fresh = {keys[id]: row.strip() for id, row in self._view.render_rows(missing).items()}
            self._cache.put(fresh)
            found |= fresh
        return found


def _without_gone(snapshot: Snapshot, rows: dict[int, str], needed: Iterable[int]) -> Snapshot:
    gone = {id for id in needed if id not in rows}
    if not gone:
        return snapshot
    return replace(snapshot, rows=tuple((id, stamp) for id, stamp in snapshot.rows if id not in gone))
