"""A representative's page kept live: its conversations are the rows, everything else stands beside them."""

from collections.abc import Hashable, Mapping, Sequence

from django.http import QueryDict
from django.template.loader import get_template, render_to_string
from django.utils import timezone

from analytics.grids.person import PersonPage, rows
from contact_center.errors import NotFound, Refused
from contact_center.live.protocol import LiveView, Snapshot
from contact_center.live.registry import live_view
from contact_center.tenancy.access import Actor
from contact_center.tenancy.roles import REFUSAL, Right


class PersonView(LiveView):
    """What the commands say depends on everything the viewer may do, so each has a view of their own."""

    kinds = frozenset({"conversation", "representative"})

    def __init__(self, actor: Actor, representative_id: int) -> None:
        self.organization_id = actor.organization_id
        self._actor, self._id = actor, representative_id
        self._page: PersonPage | None = None
        self.key: Hashable = ("representative", representative_id, actor)
        self.render_key: Hashable = self.key

    def concerned_by(self, kind: str, ids: frozenset[int] | None) -> bool:
        """Whatever is taken up or given back is told of its people too, so other conversations are no reason."""
        if kind == "representative":
            return ids is None or self._id in ids
        shown = {pk for pk, _ in self._page.stamps} if self._page else None
        return kind in self.kinds and (ids is None or shown is None or not shown.isdisjoint(ids))

    def read(self) -> Snapshot:
        """Nine queries."""
        self._page = page = PersonPage.read(self._id, self._actor, timezone.now())
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
        return render_to_string("analytics/grids/_person_head.html", {**self._page.head, "out_of_band": True})


@live_view("representative")
def representative_view(actor: Actor, query: QueryDict) -> LiveView:
    if not actor.may(Right.SUPERVISE):
        raise Refused(REFUSAL[Right.SUPERVISE])
    typed = query.get("id", "")
    if not typed.isdecimal() or len(typed) > 18 or PersonPage.read(int(typed), actor, timezone.now()) is None:
        raise NotFound("There is no such representative.")
    return PersonView(actor, int(typed))
