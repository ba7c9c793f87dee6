"""The wallboard kept live: one reading for everybody who watches the same scope, channel and period."""

import time
from collections.abc import Hashable, Mapping, Sequence

from django.http import QueryDict
from django.template.loader import render_to_string
from django.utils import timezone

from analytics import wallboard
from analytics.narrowing import Narrowing
from contact_center.errors import Refused
from contact_center.live.protocol import LiveView, Snapshot
from contact_center.live.registry import live_view
from contact_center.tenancy.access import Actor
from contact_center.tenancy.roles import REFUSAL, Right

# Figures over everything are dear: whatever happens, they are counted at this pace.
PACE_SECONDS = 1.0


class WallboardView(LiveView):
    """It has no rows; every figure stands beside them."""

    kinds = frozenset({"conversation", "representative"})
    reread_seconds = 3.0

    def __init__(self, actor: Actor, query: QueryDict) -> None:
        self.organization_id = actor.organization_id
        self._narrowing = Narrowing.from_query(query, actor)
        self._slug = actor.organization_slug
        self._last: Snapshot | None = None
        self._read_at = 0.0
        self.key: Hashable = ("wallboard", actor.organization_id, self._narrowing.scope.key, self._narrowing.span)
        self.render_key: Hashable = self.key

    def read(self) -> Snapshot:
        if self._last is None or time.monotonic() - self._read_at >= PACE_SECONDS:
            period = self._narrowing.period(timezone.now())
            self._last = Snapshot((), wallboard.read(self._narrowing.scope, period))
            self._read_at = time.monotonic()
        return self._last

    def render_rows(self, ids: Sequence[int]) -> Mapping[int, str]:
        return {}

    def row_dom_id(self, id: int) -> str:
        return f"figure-{id}"

    def render_page(self, rows: Sequence[str]) -> str:
        return ""

    def render_counters(self, counters: Mapping[str, object]) -> str:
        query = self._narrowing.query_string()
        context = {"board": counters, "slug": self._slug, "query": query, "out_of_band": True}
        return render_to_string("analytics/_tiles.html", context)


@live_view("wallboard")
def wallboard_view(actor: Actor, query: QueryDict) -> LiveView:
    if not actor.may(Right.SUPERVISE):
        raise Refused(REFUSAL[Right.SUPERVISE])
    return WallboardView(actor, query)
