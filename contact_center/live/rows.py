"""The rows rendered lately, shared by all views: one (row, stamp, rights) is rendered once however many watch it."""

import threading
from collections import OrderedDict
from collections.abc import Hashable, Iterable

RENDERING_LOCKS = 16


class RowCache:
    """Least recently used rows leave first. Used by the hub's threads, hence the lock."""

    def __init__(self, capacity: int) -> None:
        self._capacity = capacity
        self._rows: OrderedDict[Hashable, str] = OrderedDict()
        self._lock = threading.Lock()
        self._rendering = [threading.Lock() for _ in range(RENDERING_LOCKS)]

    def rendering(self, scope: Hashable) -> threading.Lock:
        """Held while rows of these rights are rendered, so that two views don't render the same row at once."""
        return self._rendering[hash(scope) % RENDERING_LOCKS]

    def get(self, keys: Iterable[Hashable]) -> dict[Hashable, str]:
        found = {}
        with self._lock:
            for key in keys:
                if (row := self._rows.get(key)) is not None:
                    self._rows.move_to_end(key)
                    found[key] = row
        return found

    def put(self, rows: dict[Hashable, str]) -> None:
        with self._lock:
            self._rows |= rows
            while len(self._rows) > self._capacity:
                self._rows.popitem(last=False)

    def __len__(self) -> int:
        return len(self._rows)
