"""The grids kept live: one reading for everybody who watches the same scope, filter, order and page."""

import time
from collections.abc import Hashable, Mapping, Sequence
from typing import Any

from django.http import QueryDict
from django.template.loader import get_template, render_to_string
from django.utils import timezone

from analytics.grids.pages import QUEUES, REPRESENTATIVES, Grid
from contact_center.errors import Refused
from contact_center.live.protocol import LiveView, Snapshot
from contact_center.live.registry import live_view
from contact_center.tenancy.access import Actor
from contact_center.tenancy.roles import REFUSAL, Right

# Whatever happens, a grid is counted at this pace.
PACE_SECONDS = 2.0


class GridView(LiveView):
    """Rows are rendered from what was read last, so that one reading serves them all."""

    kinds = frozenset({"conversation", "representative", "queue"})
    reread_seconds = 5.0

    def __init__(self, actor: Actor, query: QueryDict, grid: Grid) -> None:
        self.organization_id = actor.organization_id
        self._grid, self._actor = grid, actor
        self._shown = grid.shown(query, actor)
        self._last: Snapshot | None = None
        self._read_at = 0.0
        self._rows: dict[int, Any] = {}
        # Beside the filter their own scope: a row names the queues that this viewer may read of.
        self.key: Hashable = (grid.name, actor.organization_id, actor.queue_ids, self._shown.key)
        self.render_key: Hashable = self.key

    def read(self) -> Snapshot:
        if self._last is None or time.monotonic() - self._read_at >= PACE_SECONDS:
            now = timezone.now()
            rows, total = self._grid.page(self._shown, now)
            summary = self._grid.summary(self._shown, now)
            self._rows = {row.id: row for row in rows}
            self._last = Snapshot(
                tuple((row.id, getattr(row, "stamp", row)) for row in rows), {"total": total, "summary": summary}
            )
            self._read_at = time.monotonic()
        return self._last

    def render_rows(self, ids: Sequence[int]) -> Mapping[int, str]:
        template = get_template(self._grid.row_template)
        return {id: template.render({"row": self._rows[id]}) for id in ids if id in self._rows}

    def row_dom_id(self, id: int) -> str:
        return f"{self._grid.name}-{id}"

    def render_page(self, rows: Sequence[str]) -> str:
        return f'<tbody id="rows" hx-swap-oob="morph">{"".join(rows)}</tbody>'

    def render_counters(self, counters: Mapping[str, object]) -> str:
        total = int(str(counters["total"]))
        pagination = self._shown.pagination(self._grid.url(self._actor), total)
        context = {"count": f"{total:,}", "pagination": pagination, "selects": bool(self._grid.actions)}
        found = render_to_string("analytics/grids/_counters.html", context)
        if summary := counters["summary"]:
            about = {"summary": summary, "slug": self._actor.organization_slug, "query": self._shown.query_string()}
            found += render_to_string("analytics/grids/_summary.html", {**about, "out_of_band": True})
        return found


def _view(actor: Actor, query: QueryDict, grid: Grid) -> LiveView:
    if not actor.may(Right.SUPERVISE):
        raise Refused(REFUSAL[Right.SUPERVISE])
    return GridView(actor, query, grid)


@live_view("queues")
def queues_view(actor: Actor, query: QueryDict) -> LiveView:
    return _view(actor, query, QUEUES)


@live_view("representatives")
def representatives_view(actor: Actor, query: QueryDict) -> LiveView:
    return _view(actor, query, REPRESENTATIVES)
