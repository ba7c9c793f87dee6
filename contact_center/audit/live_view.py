"""The audit page kept live: new entries enter at the top; on later pages a line says how many there are."""

from collections.abc import Hashable, Mapping, Sequence
from urllib.parse import urlencode

from django.http import QueryDict
from django.template.loader import get_template, render_to_string

from contact_center.audit import pages, reading
from contact_center.errors import Refused
from contact_center.live.protocol import LiveView, Snapshot
from contact_center.live.registry import live_view
from contact_center.tenancy.access import Actor
from contact_center.tenancy.roles import REFUSAL, Right
from contact_center.web.pagination import Anchor
from contact_center.web.place import Place, neighbours
from contact_center.web.query_filter import QueryFilter


class AuditView(LiveView):
    """Everybody who may read the log sees the same entries. `since` is the newest one when a later page was opened."""

    # Whatever is audited tells one of these; exports and the like are found when the page is read again.
    kinds = frozenset({"conversation", "bulk_action", "representative", "configuration", "rights", "saved_view"})
    reread_seconds = 5.0

    def __init__(self, actor: Actor, place: Place, shown: QueryFilter, since: Anchor | None) -> None:
        self.organization_id = actor.organization_id
        self.place, self.shown = place, shown
        self.since = since if pages.is_later(place) else None
        self._actor = actor
        # A day begins and ends where the reader is.
        zone = actor.time_zone if "date" in shown.values else ""
        self.key: Hashable = ("audit", self.organization_id, place, shown.pairs(), zone, self.since)
        self.render_key: Hashable = ("audit-event", self.organization_id)

    def read(self) -> Snapshot:
        """Two queries, three on a later page. An entry never changes, so its row needs no stamp."""
        page = reading.id_page(self.place, self.shown)
        new = "" if self.since is None else reading.newer_than(self.since, self.shown)
        counters = {"count": pages.count(self.shown), "new": new, **neighbours(page)}
        return Snapshot(tuple((row[0], 0) for row in page.rows), counters)

    def render_rows(self, ids: Sequence[int]) -> Mapping[int, str]:
        """Two queries."""
        template = get_template("audit/_event_row.html")
        rows = pages.rows(list(reading.events().filter(pk__in=ids)), self._actor)
        return {row["id"]: template.render({"event": row}) for row in rows}

    def row_dom_id(self, id: int) -> str:
        return f"event-{id}"

    def render_page(self, rows: Sequence[str]) -> str:
        return f'<tbody id="rows" hx-swap-oob="morph">{"".join(rows)}</tbody>'

    def render_counters(self, counters: Mapping[str, object]) -> str:
        beside = {name: str(counters[name]) for name in ("before", "after")}
        context = {
            "count": counters["count"],
            "new": counters["new"],
            "first_page_url": pages.first_page_url(self._actor, self.place, self.shown),
            "pagination": pages.pages(self._actor, self.place, self.shown, beside),
        }
        return render_to_string("audit/_counters.html", context)


@live_view("audit")
def audit(actor: Actor, query: QueryDict) -> LiveView:
    if not actor.may(Right.READ_AUDIT):
        raise Refused(REFUSAL[Right.READ_AUDIT])
    place = Place.of(query)
    latest = Place.of(QueryDict(urlencode({"before": query.get("since", "")}))).anchor(moments=True)
    return AuditView(actor, place, reading.audit_filter(query, actor), latest)
