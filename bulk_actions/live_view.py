"""Action History and a run's page kept live: their own queries and templates, read anew by the hub."""

from collections.abc import Hashable, Mapping, Sequence

from django.http import QueryDict
from django.template.loader import get_template, render_to_string

from bulk_actions import pages, presenters, queries
from bulk_actions.history_filter import history_filter
from bulk_actions.queries import ItemFilter
from bulk_actions.reach import Reach
from contact_center.errors import NotFound, Refused
from contact_center.live.protocol import LiveView, Snapshot
from contact_center.live.registry import live_view
from contact_center.tenancy.access import Actor
from contact_center.tenancy.roles import REFUSAL, Right
from contact_center.web.pagination import count_rows
from contact_center.web.place import Place, neighbours
from contact_center.web.query_filter import QueryFilter


class HistoryView(LiveView):
    """Everybody who may read the history sees the same runs."""

    kinds = frozenset({"bulk_action"})

    def __init__(self, actor: Actor, place: Place, shown: QueryFilter) -> None:
        self.organization_id = actor.organization_id
        self.place, self.shown = place, shown
        self._actor = actor
        # A day begins and ends where the reader is.
        zone = actor.time_zone if "date" in shown.values else ""
        home = pages.empty_history(actor, shown).get("url")
        self.key: Hashable = ("action-history", self.organization_id, place, shown.pairs(), zone, home)
        self.render_key: Hashable = ("run", self.organization_id)

    def read(self) -> Snapshot:
        """Two queries."""
        page = queries.run_page(self.place, self.shown)
        counters = {"count": str(count_rows(self.shown.apply(queries.runs()))), **neighbours(page)}
        return Snapshot(tuple((id, stamp) for id, _, stamp in page.rows), counters)

    def render_rows(self, ids: Sequence[int]) -> Mapping[int, str]:
        template = get_template("bulk_actions/_history_row.html")
        slug = self._actor.organization_slug
        found = queries.run_rows(ids)
        return {id: template.render({"run": presenters.run_row(run, slug)}) for id, run in found.items()}

    def row_dom_id(self, id: int) -> str:
        return f"run-{id}"

    def render_page(self, rows: Sequence[str]) -> str:
        return f'<tbody id="rows" hx-swap-oob="morph">{"".join(rows)}</tbody>'

    def render_counters(self, counters: Mapping[str, object]) -> str:
        pagination = pages.history_pagination(self._actor, self.place, self.shown, _beside(counters))
        context = {"count": counters["count"], "pagination": pagination}
        return render_to_string("bulk_actions/_history_counters.html", context)


class RunView(LiveView):
    """One run: its head, the groups of reasons and a page of its conversations."""

    def __init__(self, actor: Actor, reach: Reach, query: QueryDict) -> None:
        self.organization_id = actor.organization_id
        self.bulk_action_id = bulk_action_id = reach.run_id
        self.kinds = frozenset({"bulk_action"}) | reach.kinds
        self._reach = reach
        self.chosen, self.place = ItemFilter.of(query), Place.of(query)
        self._actor = actor
        # Whether it may be cancelled depends on everything the person may do.
        self.key: Hashable = ("run", bulk_action_id, actor, self.chosen, self.place)
        self.render_key: Hashable = ("run-item", bulk_action_id, actor.may(Right.SUPERVISE))

    def concerned_by(self, kind: str, ids: frozenset[int] | None) -> bool:
        """What it sent is told by conversation or person; which of them are its own isn't asked."""
        own = kind == "bulk_action" and (ids is None or self.bulk_action_id in ids)
        return own or kind in self._reach.kinds

    def read(self) -> Snapshot:
        """Two queries, three for a run that sends."""
        page = queries.item_page(self.bulk_action_id, self._reach.action, self._actor, self.chosen, self.place)
        stamp = queries.runs().filter(pk=self.bulk_action_id).values_list("row_stamp", flat=True).first()
        sent = self._reach.stamps(conversation for _, conversation, *_ in page.rows)
        rows = tuple((id, (outcome, code, *sent.get(pk, ()))) for id, pk, outcome, code in page.rows)
        return Snapshot(rows, {"stamp": stamp, "receipts": self._reach.receipts_stamp(), **neighbours(page)})

    def render_rows(self, ids: Sequence[int]) -> Mapping[int, str]:
        template = get_template("bulk_actions/_run_item.html")
        return {row["id"]: template.render({"item": row}) for row in pages.item_rows(ids, self._actor, self._reach)}

    def row_dom_id(self, id: int) -> str:
        return f"item-{id}"

    def render_page(self, rows: Sequence[str]) -> str:
        return f'<tbody id="rows" hx-swap-oob="morph">{"".join(rows)}</tbody>'

    def render_counters(self, counters: Mapping[str, object]) -> str:
        run = queries.get_run(self.bulk_action_id)
        context = {
            **pages.head_context(run, self._actor),
            **pages.groups_context(run, self._actor, self.chosen),
            "pagination": pages.run_pagination(run, self._actor, self.chosen, self.place, _beside(counters)),
            "receipts": self._reach.receipts(self._actor),
            "out_of_band": True,
        }
        return render_to_string("bulk_actions/_run_counters.html", context)


def _beside(counters: Mapping[str, object]) -> dict[str, str]:
    return {name: str(counters[name]) for name in ("before", "after")}


def _require_reader(actor: Actor) -> None:
    if not actor.may(Right.READ_HISTORY):
        raise Refused(REFUSAL[Right.READ_HISTORY])


@live_view("action-history")
def action_history(actor: Actor, query: QueryDict) -> LiveView:
    _require_reader(actor)
    return HistoryView(actor, Place.of(query), history_filter(query, actor))


@live_view("run")
def one_run(actor: Actor, query: QueryDict) -> LiveView:
    _require_reader(actor)
    typed = query.get("id", "")
    if not typed.isdecimal() or len(typed) > 18:
        raise NotFound("There is no such run.")
    return RunView(actor, Reach.of(queries.get_run(int(typed))), query)
