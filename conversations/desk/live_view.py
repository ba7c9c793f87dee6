"""The desk kept live: its parts are the rows, so that only what changed is sent and what is being written stays."""

from collections.abc import Hashable, Mapping, Sequence

from django.http import QueryDict
from django.template.loader import render_to_string
from django.utils.safestring import mark_safe

from contact_center.errors import Refused
from contact_center.live.protocol import LiveView, Snapshot
from contact_center.live.registry import live_view
from contact_center.tenancy.access import Actor
from contact_center.tenancy.roles import REFUSAL, Right
from conversations import typing
from conversations.desk.parts import PARTS, Rendered, render_desk
from conversations.desk.place import chosen_of
from routing.desk_line import at_desk


class DeskView(LiveView):
    """One representative's desk with one conversation chosen; two tabs of the same share it."""

    kinds = frozenset({"conversation", "representative", "queue", "desk", typing.KIND})
    container_id = "desk-body"
    row_tag = "section"

    def __init__(self, actor: Actor, chosen_id: int | None) -> None:
        self.organization_id = actor.organization_id
        self.time_zone = actor.time_zone
        self.key: Hashable = ("desk", actor, chosen_id)
        self.render_key: Hashable = self.key
        self._actor, self._chosen_id = actor, chosen_id
        # None while reading and before: then everything matters.
        self._concerns: dict[str, frozenset[int]] | None = None
        self._rendered: Rendered | None = None

    def concerned_by(self, kind: str, ids: frozenset[int] | None) -> bool:
        """Other people's work is no reason to read this desk again."""
        if kind not in self.kinds:
            return False
        concerns = self._concerns
        return ids is None or concerns is None or not concerns[kind].isdisjoint(ids)

    def read(self) -> Snapshot:
        """Thirteen queries. Whoever has the page open is there; a presence that changes with it is read again."""
        self._concerns = None
        self._rendered = rendered = render_desk(self._actor, self._chosen_id)
        if rendered is None:
            return Snapshot(())
        desk = rendered.desk
        at_desk(desk.person)
        self._concerns = {
            "conversation": desk.shown_ids,
            "representative": frozenset({desk.person.pk}),
            "desk": frozenset({desk.person.pk}),
            "queue": desk.queue_ids,
            typing.KIND: frozenset({desk.chosen.pk} if desk.chosen else ()),
        }
        return Snapshot(rendered.stamps)

    def render_rows(self, ids: Sequence[int]) -> Mapping[int, str]:
        """No query: what the snapshot was made of."""
        rendered = self._rendered
        return {id: rendered.parts[PARTS[id - 1]] for id in ids} if rendered else {}

    def row_dom_id(self, id: int) -> str:
        return f"desk-{PARTS[id - 1]}"

    def render_page(self, rows: Sequence[str]) -> str:
        if not rows:
            return ""
        parts = {name: mark_safe(row) for name, row in zip(PARTS, rows, strict=True)}  # noqa: S308 - rendered by us
        context = {"parts": parts, "chosen_id": self._chosen_id, "out_of_band": True}
        return render_to_string("desk/_body.html", context)

    def render_counters(self, counters: Mapping[str, object]) -> str:
        return ""


@live_view("desk")
def desk(actor: Actor, query: QueryDict) -> LiveView:
    if not actor.may(Right.USE_DESK):
        raise Refused(REFUSAL[Right.USE_DESK])
    return DeskView(actor, chosen_of(query))
