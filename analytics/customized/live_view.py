"""A report kept live: its figures at a pace that their cost allows, and below them the list's own view."""

import time
from collections.abc import Hashable, Mapping
from typing import Any, cast

from django.http import QueryDict
from django.template.loader import render_to_string
from django.utils import timezone

from analytics.changed_parts import changed_figures
from analytics.customized import pages
from analytics.customized.listing import CUSTOMIZED
from contact_center.errors import Refused
from contact_center.live.protocol import LiveView, Snapshot
from contact_center.live.registry import live_view
from contact_center.tenancy.access import Actor
from contact_center.tenancy.roles import REFUSAL, Right
from conversations.live_view import ConversationListView

# Figures are counted no faster than this, and for a twentieth of the time at most.
PACE_SECONDS = 5.0
SHARE_OF_TIME = 20


class CustomizedView(ConversationListView):
    """Whoever may not see conversations watches the figures alone."""

    def __init__(self, actor: Actor, query: QueryDict) -> None:
        super().__init__(actor, query, CUSTOMIZED)
        self._with_rows = actor.may(Right.SUPERVISE)
        self._figures: dict[str, Any] | None = None
        self._next_at = 0.0
        self._owed = False
        self.key: Hashable = (self.key, self._with_rows)

    def concerned_by(self, kind: str, ids: frozenset[int] | None) -> bool:
        """Figures of people follow their presence."""
        return kind == "representative" or super().concerned_by(kind, ids)

    @property
    def reread_seconds(self) -> float:  # type: ignore[override]
        """Figures that were passed over by their pace are counted as soon as it allows."""
        return max(0.0, self._next_at - time.monotonic()) if self._owed else LiveView.reread_seconds

    def read(self) -> Snapshot:
        """The list's queries, and at the figures' pace theirs."""
        snapshot = super().read() if self._with_rows else Snapshot(())
        begun = time.monotonic()
        self._owed = self._figures is not None and begun < self._next_at
        if not self._owed:
            self._figures = pages.read(self.shown, timezone.now())
            took = time.monotonic() - begun
            self._next_at = begun + max(PACE_SECONDS, SHARE_OF_TIME * took)
        return Snapshot(snapshot.rows, {**snapshot.counters, "figures": self._figures})

    def render_counters(self, counters: Mapping[str, object]) -> str:
        context = pages.figures_context(self.shown, cast(dict[str, Any], counters["figures"]))
        figures = render_to_string("analytics/customized/_figures.html", {**context, "out_of_band": True})
        return (super().render_counters(counters) if self._with_rows else "") + figures

    def render_counter_changes(self, old: Mapping[str, object], new: Mapping[str, object]) -> str:
        """Under a report much happens that moves few of its figures."""
        before, now = (cast(dict[str, Any], each["figures"]) for each in (old, new))
        beside = self._with_rows and {**old, "figures": None} != {**new, "figures": None}
        text = super().render_counters(new) if beside else ""
        if before == now:
            return text
        return text + changed_figures(before, now, pages.figures_context(self.shown, now))


@live_view(CUSTOMIZED.name)
def customized_view(actor: Actor, query: QueryDict) -> LiveView:
    if not actor.may(Right.READ_REPORTS):
        raise Refused(REFUSAL[Right.READ_REPORTS])
    return CustomizedView(actor, query)
