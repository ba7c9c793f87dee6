"""The contract between the hub and the lists it keeps live: what a view answers, and what a socket can be told."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

Stamp = Hashable

# A close code from 4000 on is final for the page, except SLOW_DOWN, after which it connects again.
NOT_SIGNED_IN = 4401
RIGHT_ENDED = 4403
NOT_FOUND = 4404
SLOW_DOWN = 4408


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The page as the database has it now: ids in order, each with a stamp that changes whenever its row would."""

    rows: tuple[tuple[int, Stamp], ...]
    counters: Mapping[str, object] = field(default_factory=dict)


class LiveView(Protocol):
    """One distinct view. Subclass it, so that the members with a default below are there.

    Equal keys mean equal bytes: the key holds the organization, rights, queue scope, language, time zone, filter, sort
    and page. `read` and the renderers run in a worker thread inside the organization's scope.
    """

    key: Hashable
    organization_id: int
    kinds: frozenset[str]
    render_key: Hashable
    # The element that holds the rows, and the tag of one row.
    container_id: str = "rows"
    row_tag: str = "tr"
    # Times in the rows are shown in this zone; None is the server's.
    time_zone: str | None = None
    # Read again after so many seconds without an event: filters such as "waiting longer than" change by themselves.
    reread_seconds: float = 15.0

    def read(self) -> Snapshot:
        """The page now, in a fixed number of queries."""
        ...

    def render_rows(self, ids: Sequence[int]) -> Mapping[int, str]:
        """Each row as one element with the id of `row_dom_id`; a row that is gone by now is left out."""
        ...

    def row_dom_id(self, id: int) -> str: ...

    def render_page(self, rows: Sequence[str]) -> str:
        """The container with all its rows, or with what stands there when there is none; it carries
        `hx-swap-oob="morph"`."""
        ...

    def render_counters(self, counters: Mapping[str, object]) -> str:
        """Everything on the page outside the rows, as elements with `hx-swap-oob="true"`; may be empty."""
        ...

    def render_counter_changes(self, old: Mapping[str, object], new: Mapping[str, object]) -> str:
        """Of that what differs from what the viewers have; all of it, unless a view has much and tells it apart."""
        return self.render_counters(new)

    def concerned_by(self, kind: str, ids: frozenset[int] | None) -> bool:
        """Whether rows of this kind matter; None is any id. A transcript, say, looks for its own conversation."""
        return kind in self.kinds


class AccessEnded(Exception):
    """The person behind a socket may no longer see what it shows; the socket closes with `code`."""

    def __init__(self, code: int = RIGHT_ENDED) -> None:
        super().__init__(code)
        self.code = code


class Socket(Protocol):
    """What the hub needs of a connected browser. None of it waits for the network."""

    membership_id: int | None
    # When the rights were last read, by the monotonic clock.
    resolved_at: float

    def push(self, frame: str) -> None: ...

    def end(self, code: int) -> None: ...

    def refresh_rights(self) -> LiveView:
        """Resolve the person's rights again, in a worker thread: the view they may see now, or AccessEnded."""
        ...
