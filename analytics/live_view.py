"""The wallboard and the report kept live: one reading for everybody who watches the same scope and filter."""

import time
from collections.abc import Hashable, Mapping, Sequence
from typing import Any, cast

from django.http import QueryDict
from django.template.loader import render_to_string
from django.utils import timezone

from analytics import report, wallboard
from analytics.changed_parts import changed_numbers, changed_plots
from analytics.narrowing import Narrowing
from analytics.report_context import report_context
from contact_center.errors import Refused
from contact_center.live.protocol import LiveView, Snapshot
from contact_center.live.registry import live_view
from contact_center.tenancy.access import Actor
from contact_center.tenancy.roles import REFUSAL, Right
from conversations.listing import REPORT
from conversations.live_view import ConversationListView
from conversations.models import Conversation

# Figures over everything are dear: whatever happens, they are counted at this pace.
PACE_SECONDS = 1.0
REPORT_PACE_SECONDS = 3.0
# What the report shows of a row's representative.
STAND = ("representative__presence", "representative__units_used", "representative__total_units")


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
        # The query stands in what the tiles lead to; the scope tells those apart who ask for the same and see less.
        self.key: Hashable = (
            "wallboard",
            actor.organization_id,
            self._narrowing.scope.key,
            self._narrowing.query_string(),
        )
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
        tiles = wallboard.tiles(dict(counters), self._narrowing)
        context = {**tiles, "slug": self._slug, "query": query, "out_of_band": True}
        return render_to_string("analytics/_tiles.html", context)


class ReportView(ConversationListView):
    """The list's own view, with figures and plots over the same rows beside it."""

    def __init__(self, actor: Actor, query: QueryDict) -> None:
        super().__init__(actor, query, REPORT)
        self._slug = actor.organization_slug
        self._report: dict[str, Any] | None = None
        self._read_at = 0.0
        self._owed = False
        self.render_key: Hashable = ("report", self.render_key)

    @property
    def reread_seconds(self) -> float:  # type: ignore[override]
        """Figures that were too young to be counted again are, as soon as their pace allows."""
        return REPORT_PACE_SECONDS if self._owed else LiveView.reread_seconds

    def concerned_by(self, kind: str, ids: frozenset[int] | None) -> bool:
        """Rows show their representatives' presence and units."""
        return kind == "representative" or super().concerned_by(kind, ids)

    def read(self) -> Snapshot:
        """The list's queries, one for presences, and at the figures' pace theirs."""
        snapshot = super().read()
        ids = [id for id, _ in snapshot.rows]
        held = Conversation.objects.filter(pk__in=ids, representative__isnull=False)
        stands = {pk: stand for pk, *stand in held.values_list("pk", *STAND)}
        rows = tuple((id, (stamp, *stands.get(id, ()))) for id, stamp in snapshot.rows)
        self._owed = self._report is not None and time.monotonic() - self._read_at < REPORT_PACE_SECONDS
        if not self._owed:
            self._report = report.read(self.shown.rows())
            self._read_at = time.monotonic()
        return Snapshot(rows, {**snapshot.counters, "report": self._report})

    def render_counters(self, counters: Mapping[str, object]) -> str:
        context = report_context(self._slug, self.shown, cast(dict[str, Any], counters["report"]))
        figures = render_to_string("analytics/_report_figures.html", {**context, "out_of_band": True})
        return super().render_counters(counters) + figures

    def render_counter_changes(self, old: Mapping[str, object], new: Mapping[str, object]) -> str:
        before, now = (
            report_context(self._slug, self.shown, cast(dict[str, Any], each["report"])) for each in (old, new)
        )
        beside = {**old, "report": None} != {**new, "report": None}
        text = super().render_counters(new) if beside else ""
        if any(before["report"][name] != now["report"][name] for name in ("figures", "longest_since")):
            text += changed_numbers(now)
        return text + changed_plots(before["plots"], now["plots"])


def _require_supervisor(actor: Actor) -> None:
    if not actor.may(Right.SUPERVISE):
        raise Refused(REFUSAL[Right.SUPERVISE])


@live_view("wallboard")
def wallboard_view(actor: Actor, query: QueryDict) -> LiveView:
    _require_supervisor(actor)
    return WallboardView(actor, query)


@live_view("report")
def report_view(actor: Actor, query: QueryDict) -> LiveView:
    _require_supervisor(actor)
    return ReportView(actor, query)
