"""The columns a list may show: what each is called, read from and sorted by, and how a person's choice is written.

A choice is written `subject,customer:180,wait`: names in order, each with a width in pixels where it isn't the usual
one. What a cell looks like stands in `templates/conversations/cells/<name>.html`.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from django.db.models.expressions import Combinable

from conversations.handle_time import handled_before, handling_since
from conversations.tags import tag_names

Computed = Mapping[str, Combinable]

LEAST_WIDTH, MOST_WIDTH = 48, 800
_TYPED = re.compile(r"([a-z_]{1,30})(?::(\d{1,4}))?\Z")


@dataclass(frozen=True, slots=True)
class Column:
    """`sort` is its name in the query, "" where the list can't be sorted by it. `reads` and `computed` are what its
    cell needs beside queries.ROW_COLUMNS, the latter made anew for each query.
    """

    name: str
    label: str
    sort: str = ""
    reads: tuple[str, ...] = ()
    computed: Callable[[], Computed] = dict

    @property
    def css(self) -> str:
        return f"c-{self.name.replace('_', '-')}"


COLUMNS: dict[str, Column] = {
    column.name: column
    for column in (
        Column("subject", "Subject", "subject"),
        Column("number", "Number", "number"),
        Column("customer", "Customer", "customer"),
        Column("channel", "Channel", "channel"),
        Column("mode", "Mode", "mode"),
        Column("record_type", "Record type", "record_type", ("record__record_type",)),
        Column("case_number", "Case number", "case_number", ("record__case_number",)),
        Column("regarding", "Regarding", "regarding", ("record__regarding",)),
        Column("queue", "Queue", "queue"),
        Column("work_stream", "Work stream", "work_stream", ("work_stream__name",)),
        Column("representative", "Representative", "representative"),
        Column(
            "presence",
            "Presence and units",
            reads=(
                "representative__presence",
                "representative__custom_presence__text",
                "representative__units_used",
                "representative__total_units",
            ),
        ),
        Column("status", "Status", "status"),
        Column("priority", "Priority", "priority"),
        Column("intent", "Intent", "intent", ("intent__name",)),
        Column("sentiment", "Sentiment", "sentiment", ("sentiment_before",)),
        Column("wait", "Wait time", "wait"),
        Column(
            "handle_time",
            "Handle time",
            computed=lambda: {"handled_before": handled_before(), "handling_since": handling_since()},
        ),
        Column(
            "last_customer_message",
            "Last customer message",
            "last_customer_message",
            ("last_customer_message_at",),
        ),
        Column("due_in", "Due in", "due", ("target_due_at", "target_risk_at")),
        Column("tags", "Tags", computed=lambda: {"tag_names": tag_names()}),
        Column("note", "Note", "", ("supervisor_note",)),
        Column("age", "Age in days", "age"),
        Column("created", "Created", "created"),
        Column("closed", "Closed", "closed"),
    )
}


@dataclass(frozen=True, slots=True)
class Columns:
    """Chosen columns in order, each with its width in pixels or None for the usual one."""

    chosen: tuple[tuple[str, int | None], ...]

    @classmethod
    def of(cls, names: Sequence[str]) -> "Columns":
        return cls(tuple((name, None) for name in names))

    @classmethod
    def parse(cls, typed: str, offered: Sequence[str]) -> "Columns | None":
        """None for a column the list doesn't have, one twice, a width out of bounds, or none at all."""
        chosen: list[tuple[str, int | None]] = []
        for part in typed.split(","):
            found = _TYPED.match(part.strip())
            if found is None or found[1] not in offered:
                return None
            width = int(found[2]) if found[2] else None
            if width is not None and not LEAST_WIDTH <= width <= MOST_WIDTH:
                return None
            chosen.append((found[1], width))
        return cls(tuple(chosen)) if len({name for name, _ in chosen}) == len(chosen) else None

    def __str__(self) -> str:
        return ",".join(name if width is None else f"{name}:{width}" for name, width in self.chosen)

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(name for name, _ in self.chosen)

    def __iter__(self) -> Iterator[tuple[Column, int | None]]:
        return ((COLUMNS[name], width) for name, width in self.chosen)

    @property
    def reads(self) -> tuple[str, ...]:
        return tuple(name for column, _ in self for name in column.reads)

    @property
    def computed(self) -> dict[str, Combinable]:
        found: dict[str, Combinable] = {}
        for column, _ in self:
            found |= column.computed()
        return found
