"""What turns the page a viewer has into the page there is: rows that go, come, move and change."""

from bisect import bisect_left
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass

from contact_center.live.protocol import Snapshot, Stamp


@dataclass(frozen=True, slots=True)
class Insertion:
    """Put the row before another one that is in its place already; None means at the end."""

    id: int
    before: int | None


@dataclass(frozen=True, slots=True)
class Difference:
    """To be applied in this order: removed, inserted, changed."""

    removed: tuple[int, ...]
    inserted: tuple[Insertion, ...]
    changed: tuple[int, ...]
    updates: int

    @property
    def size(self) -> int:
        return len(self.removed) + len(self.inserted) + len(self.changed)


def difference(old: Snapshot, new: Snapshot) -> Difference:
    before: dict[int, Stamp] = dict(old.rows)
    after: dict[int, Stamp] = dict(new.rows)
    staying = _staying([id for id, _ in old.rows if id in after], [id for id, _ in new.rows])
    removed = tuple(id for id in before if id not in after)
    changed = tuple(id for id in after if id in staying and before[id] != after[id])
    inserted = _insertions([id for id, _ in new.rows], staying)
    # A row that only moved is no news, unless nothing else happened.
    news = len(removed) + len(changed) + sum(_is_news(insertion.id, before, after) for insertion in inserted)
    return Difference(removed, inserted, changed, updates=news or len(inserted))


def _is_news(id: int, before: Mapping[int, Stamp], after: Mapping[int, Stamp]) -> bool:
    missing: Hashable = _MISSING
    return before.get(id, missing) != after[id]


_MISSING = object()


def _insertions(order: Sequence[int], staying: frozenset[int]) -> tuple[Insertion, ...]:
    # From the bottom up, the row below is always in its place already.
    found = []
    below: int | None = None
    for id in reversed(order):
        if id not in staying:
            found.append(Insertion(id, before=below))
        below = id
    return tuple(found)


def _staying(old_order: Sequence[int], new_order: Sequence[int]) -> frozenset[int]:
    """The most rows that can stay where they are: a longest increasing subsequence of their old places."""
    place = {id: index for index, id in enumerate(old_order)}
    common = [id for id in new_order if id in place]
    tails: list[int] = []  # the smallest old place that ends an increasing run of each length
    ends: list[int] = []  # index into `common` of that place
    previous = [-1] * len(common)
    for index, id in enumerate(common):
        length = bisect_left(tails, place[id])
        previous[index] = ends[length - 1] if length else -1
        if length == len(tails):
            tails.append(place[id])
            ends.append(index)
        else:
            tails[length], ends[length] = place[id], index
    staying = []
    index = ends[-1] if ends else -1
    while index >= 0:
        staying.append(common[index])
        index = previous[index]
    return frozenset(staying)
