"""The rows rendered lately, shared by all views: one (row, stamp, rights) is rendered once however many watch it."""

import threading
from collections import OrderedDict
from collections.abc import Hashable, Iterable


class RowCache:
    """Least recently used rows leave first. Used by the hub's threads, hence the lock."""

    def __init__(self, capacity: int) -> None:
        self._capacity = capacity
        self._rows: OrderedDict[Hashable, str] = OrderedDict()
        self._lock = threading.Lock()

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
