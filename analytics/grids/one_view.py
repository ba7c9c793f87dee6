"""The pages of one representative and of one queue kept live: conversations are the rows, all else stands beside."""

from collections.abc import Callable, Hashable, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from django.http import QueryDict
from django.template.loader import get_template, render_to_string
from django.utils import timezone

from analytics.grids.person import PersonPage, rows
from analytics.grids.queue import QueuePage
from contact_center.errors import NotFound, Refused
from contact_center.live.protocol import LiveView, Snapshot
from contact_center.live.registry import live_view
from contact_center.tenancy.access import Actor
from contact_center.tenancy.roles import REFUSAL, Right


class Page(Protocol):
    """What PersonPage and QueuePage have in common."""

    @property
    def stamps(self) -> tuple[tuple[int, int], ...]: ...

    @property
    def stamp(self) -> Hashable: ...

    @property
    def head(self) -> dict[str, Any]: ...


Read = Callable[[int, Actor, datetime], Page | None]


class OneView(LiveView):
    """What the commands say depends on everything the viewer may do, so each has a view of their own.

    `about` is the kind of event that is about the page's own person or queue.
    """

    def __init__(self, actor: Actor, about: str, id: int, read: Read, template: str) -> None:
        self.organization_id = actor.organization_id
        self.kinds = frozenset({"conversation", about})
        self._actor, self._about, self._id = actor, about, id
        self._read, self._template = read, template
        self._page: Page | None = None
        self.key: Hashable = (about, id, actor)
        self.render_key: Hashable = self.key

    def concerned_by(self, kind: str, ids: frozenset[int] | None) -> bool:
        """What is taken up, given back or queued is told of its people and queues too; other conversations are none of
        this page's."""
        if kind == self._about:
            return ids is None or self._id in ids
        shown = {pk for pk, _ in self._page.stamps} if self._page else None
        return kind in self.kinds and (ids is None or shown is None or not shown.isdisjoint(ids))

    def read(self) -> Snapshot:
        self._page = page = self._read(self._id, self._actor, timezone.now())
        return Snapshot(page.stamps, {"stamp": page.stamp}) if page else Snapshot(())

    def render_rows(self, ids: Sequence[int]) -> Mapping[int, str]:
        template = get_template("analytics/grids/_person_row.html")
        return {int(row.id): template.render({"row": row}) for row in rows(list(ids), self._actor)}

    def row_dom_id(self, id: int) -> str:
        return f"held-{id}"

    def render_page(self, rows: Sequence[str]) -> str:
        return f'<tbody id="rows" hx-swap-oob="morph">{"".join(rows)}</tbody>'

    def render_counters(self, counters: Mapping[str, object]) -> str:
        if self._page is None:
            return ""
        return render_to_string(self._template, {**self._page.head, "out_of_band": True})


def _view(actor: Actor, query: QueryDict, about: str, read: Read, template: str) -> LiveView:
    if not actor.may(Right.SUPERVISE):
        raise Refused(REFUSAL[Right.SUPERVISE])
    typed = query.get("id", "")
    if not typed.isdecimal() or len(typed) > 18 or read(int(typed), actor, timezone.now()) is None:
        raise NotFound(f"There is no such {about}.")
    return OneView(actor, about, int(typed), read, template)


@live_view("representative")
def representative_view(actor: Actor, query: QueryDict) -> LiveView:
    return _view(actor, query, "representative", PersonPage.read, "analytics/grids/_person_head.html")


@live_view("queue")
def queue_view(actor: Actor, query: QueryDict) -> LiveView:
    return _view(actor, query, "queue", QueuePage.read, "analytics/grids/_queue_head.html")
