"""The list and the conversation page kept live: their own queries and templates, read anew by the hub."""

from collections.abc import Hashable, Mapping, Sequence

from django.http import QueryDict
from django.template import Context
from django.template.loader import render_to_string

from contact_center.errors import NotFound, Refused
from contact_center.live.protocol import LiveView, Snapshot
from contact_center.live.registry import live_view
from contact_center.tenancy.access import Actor
from contact_center.tenancy.roles import REFUSAL, Right
from contact_center.web.pagination import count_rows
from conversations import deliveries, queries
from conversations.detail_context import detail_context, find_conversation
from conversations.filters import ConversationFilter
from conversations.list_context import details_url_of, list_url_of, pagination, with_query
from conversations.listing import ONGOING, RECORDS, Listing
from conversations.presenters import ConversationRow
from conversations.rows import row_template
from conversations.saved_views.reading import find_view
from conversations.visibility import visible_to


class ConversationListView(LiveView):
    """One distinct list: everybody with the same organization, scope, filter, order and page watches this one."""

    kinds = frozenset({"conversation", "saved_view"})

    def __init__(self, actor: Actor, query: QueryDict, listing: Listing = ONGOING) -> None:
        self.organization_id = actor.organization_id
        self.shown = ConversationFilter.from_query(query, actor, listing)
        self.cursor = queries.cursor_of(query, self.shown)
        self.list_url = list_url_of(actor, listing)
        self.details_url = details_url_of(actor)
        self._actor = actor
        scope = None if actor.queue_ids is None else tuple(sorted(actor.queue_ids))
        page = ("after", query.get("after", "")), ("before", query.get("before", ""))
        # A row shows the same to all who may see it: what the person may do stands in the bar, not in the rows.
        self.render_key: Hashable = (self.organization_id, self.shown.columns.names)
        zone = actor.time_zone if self.shown.depends_on_calendar else None
        # Asked for without the right, it stands in the query all the same.
        shown = self.shown.definition, self.shown.query_string(), self.shown.searches_messages
        self.key: Hashable = (listing.name, self.organization_id, scope, zone, shown, page)

    def concerned_by(self, kind: str, ids: frozenset[int] | None) -> bool:
        if kind == "saved_view":
            return self._saved_view_id is not None and (ids is None or self._saved_view_id in ids)
        return kind in self.kinds

    @property
    def _saved_view_id(self) -> int | None:
        return self.shown.view.id if self.shown.view else None

    def _view_has_changed(self) -> bool:
        """Whether its owner made something else of the saved view, or took it away. One query for a saved view."""
        view = self.shown.view
        if view is None or view.id is None:
            return False
        return find_view(self._actor, self.shown.listing.name, view.key) != view

    def read(self) -> Snapshot:
        """Two queries: the page's ids with their stamps, and the count. One more for a search, two with messages."""
        matching = self.shown.rows()
        page = queries.list_page(self.shown, matching, self.cursor)
        counters = {
            "count": str(count_rows(matching)),
            "previous": page.previous,
            "next": page.next,
            "view_has_changed": self._view_has_changed(),
        }
        return Snapshot(tuple(zip(page.ids, page.stamps, strict=True)), counters)

    def render_rows(self, ids: Sequence[int]) -> Mapping[int, str]:
        """One query, then the page's own row template."""
        template = row_template(self.shown.columns.names)
        values = queries.list_rows(ids, self._actor, self.shown.columns)
        rows = {id: ConversationRow(values[id], self.details_url) for id in ids if id in values}
        return {id: template.render(Context({"row": row})) for id, row in rows.items()}

    @property
    def _changed_view_url(self) -> str:
        return with_query(self.list_url, self.shown.query_string())

    def row_dom_id(self, id: int) -> str:
        return f"conversation-{id}"

    def render_page(self, rows: Sequence[str]) -> str:
        return f'<tbody id="rows" hx-swap-oob="morph">{"".join(rows)}</tbody>'

    def render_counters(self, counters: Mapping[str, object]) -> str:
        page = queries.ListPage((), (), {}, str(counters["previous"]), str(counters["next"]))
        context = {
            "count": counters["count"],
            "pagination": pagination(self.shown, page, self.list_url),
            "changed_view_url": self._changed_view_url if counters["view_has_changed"] else "",
        }
        return render_to_string("conversations/_list_counters.html", context)


class ConversationView(LiveView):
    """One conversation's page: it has no rows, everything on it is told beside them."""

    kinds = frozenset({"conversation"})

    def __init__(self, actor: Actor, conversation_id: int) -> None:
        self.organization_id = actor.organization_id
        self.conversation_id = conversation_id
        self._actor = actor
        # Its commands depend on everything the person may do.
        self.key: Hashable = ("conversation", conversation_id, actor)
        self.render_key: Hashable = self.key

    def concerned_by(self, kind: str, ids: frozenset[int] | None) -> bool:
        return kind in self.kinds and (ids is None or self.conversation_id in ids)

    def read(self) -> Snapshot:
        """Two queries. Gone out of the person's sight: the page stays as it was last."""
        stamp = visible_to(self._actor).filter(pk=self.conversation_id).values_list("row_stamp", flat=True).first()
        return Snapshot((), {"stamp": stamp, "deliveries": deliveries.stamp(self.conversation_id)})

    def render_rows(self, ids: Sequence[int]) -> Mapping[int, str]:
        return {}

    def row_dom_id(self, id: int) -> str:
        return f"event-{id}"

    def render_page(self, rows: Sequence[str]) -> str:
        return ""

    def render_counters(self, counters: Mapping[str, object]) -> str:
        conversation = find_conversation(self._actor, self.conversation_id)
        if conversation is None:
            return ""
        context = detail_context(conversation, self._actor) | {"out_of_band": True}
        return render_to_string("conversations/_conversation_parts.html", context)


def _require_supervisor(actor: Actor) -> None:
    if not actor.may(Right.SUPERVISE):
        raise Refused(REFUSAL[Right.SUPERVISE])


@live_view("conversations")
def conversation_list(actor: Actor, query: QueryDict) -> LiveView:
    _require_supervisor(actor)
    return ConversationListView(actor, query)


@live_view("records")
def record_list(actor: Actor, query: QueryDict) -> LiveView:
    _require_supervisor(actor)
    return ConversationListView(actor, query, RECORDS)


@live_view("conversation")
def one_conversation(actor: Actor, query: QueryDict) -> LiveView:
    _require_supervisor(actor)
    typed = query.get("id", "")
    if not typed.isdecimal() or not visible_to(actor).filter(pk=int(typed)).exists():
        raise NotFound("There is no such conversation, or it isn’t in your queues.")
    return ConversationView(actor, int(typed))
