"""The text of the frames: what hx-ws applies to the page, in the order a browser's parser can take.

Bare rows first, then the elements outside the table: the parser drops a row that follows anything else.
"""

import re
from collections.abc import Mapping
from datetime import datetime
from html import escape

from contact_center.live.difference import Difference
from contact_center.live.protocol import LiveView

_OPENING_TAG = re.compile(r'\s*<[a-zA-Z][\w-]*(\s+id="[^"]*")?')


class Frame(str):
    """A frame on its way to many sockets: Daphne encodes the text for each, so that it is done here once for all."""

    __slots__ = ("_bytes",)

    def encode(self, encoding: str = "utf-8", errors: str = "strict") -> bytes:
        if not hasattr(self, "_bytes"):
            self._bytes = super().encode(encoding, errors)
        return self._bytes


def state(*, updates: int, as_of: datetime, page: bool = False, stale: bool = False) -> str:
    """The last element of every frame; alone, it is the heartbeat. Stale: the data is as old as it says."""
    marks = " data-page" * page + " data-stale" * stale
    return (
        f'<span id="live-state" hidden hx-swap-oob="true" data-updates="{updates}" '
        f'data-as-of="{as_of.isoformat()}"{marks}></span>'
    )


def changes(view: LiveView, difference: Difference, rows: Mapping[int, str]) -> str:
    """The rows that go, come, move and change; `rows` holds the rendered ones of the last three."""
    parts = [
        f'<{view.row_tag} id="{escape(view.row_dom_id(id))}" hx-swap-oob="delete"></{view.row_tag}>'
        for id in difference.removed
    ]
    for insertion in difference.inserted:
        if insertion.before is None:
            place = f"beforeend:#{view.container_id}"
        else:
            place = f"beforebegin:#{view.row_dom_id(insertion.before)}"
        parts.append(_swapped(rows[insertion.id], place))
    parts += [_swapped(rows[id], "morph") for id in difference.changed]
    return "".join(parts)


def _swapped(row: str, swap: str) -> str:
    opening = _OPENING_TAG.match(row)
    if opening is None:
        raise ValueError(f"A row starts with an element, this one with {row[:40]!r}.")
    return f'{opening.group().lstrip()} hx-swap-oob="{escape(swap)}"{row[opening.end() :]}'
