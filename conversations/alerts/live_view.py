"""The page of alerts kept live: stuck work, what is open, and the history."""

from collections.abc import Hashable, Mapping, Sequence
from typing import Any, cast

from django.http import QueryDict
from django.template.loader import get_template, render_to_string

from contact_center.errors import Refused
from contact_center.live.protocol import LiveView, Snapshot
from contact_center.live.registry import live_view
from contact_center.tenancy.access import Actor
from contact_center.tenancy.roles import REFUSAL, Right
from contact_center.web.pagination import count_rows
from contact_center.web.place import Place, neighbours
from conversations.alerts import history, pages, reading
from conversations.alerts.presenters import items


class AlertsView(LiveView):
    """One person's: what they ignore isn't shown as open."""

    kinds = frozenset({"alert", "notification"})
    # Work gets stuck by the time that passes.
    reread_seconds = 5.0

    def __init__(self, actor: Actor, query: QueryDict) -> None:
        self.organization_id = actor.organization_id
        self._actor, self._place = actor, Place.of(query)
        self._shown = history.history_filter(query, actor)
        self.key: Hashable = ("alerts", actor, actor.time_zone, self._shown.pairs(), self._place)
        self.render_key: Hashable = ("alert-row", actor)

    def concerned_by(self, kind: str, ids: frozenset[int] | None) -> bool:
        own = ids is None or self._actor.membership_id in ids
        return kind == "alert" or (kind == "notification" and own)

    def read(self) -> Snapshot:
        """Seven queries."""
        page = history.page(self._actor, self._shown, self._place)
        counters = {
            "count": str(count_rows(history.rows(self._actor, self._shown))),
            "open": reading.stamps(self._actor),
            "stuck": pages.stuck_work(self._actor),
            "silent_since": pages.silent_since(),
            **neighbours(page),
        }
        return Snapshot(tuple((row[0], row[2:]) for row in page.rows), counters)

    def render_rows(self, ids: Sequence[int]) -> Mapping[int, str]:
        template = get_template("notifications/_alert_row.html")
        found = history.described(ids, self._actor)
        return {pk: template.render({"row": found[pk]}) for pk in ids if pk in found}

    def row_dom_id(self, id: int) -> str:
        return f"alert-{id}"

    def render_page(self, rows: Sequence[str]) -> str:
        return f'<tbody id="rows" hx-swap-oob="morph">{"".join(rows)}</tbody>'

    def render_counters(self, counters: Mapping[str, object]) -> str:
        beside = {name: str(counters[name]) for name in ("before", "after")}
        known = cast(tuple[reading.Stamp, ...], counters["open"])
        context: dict[str, Any] = {
            "count": counters["count"],
            "stuck": counters["stuck"],
            "silent_since": counters["silent_since"],
            "alerts": items([pk for pk, *_ in known], self._actor),
            "pagination": pages.page_links(self._actor, self._shown, self._place, beside),
            "out_of_band": True,
        }
        return render_to_string("notifications/_alerts_counters.html", context)


@live_view("alerts")
def alerts(actor: Actor, query: QueryDict) -> LiveView:
    if not actor.may(Right.SUPERVISE):
        raise Refused(REFUSAL[Right.SUPERVISE])
    return AlertsView(actor, query)
