"""The counts in the selector of views, kept live while it stands open."""

import time
from collections.abc import Hashable, Mapping, Sequence

from django.http import QueryDict
from django.utils.html import format_html_join

from contact_center.errors import NotFound, Refused
from contact_center.live.protocol import LiveView, Snapshot
from contact_center.live.registry import live_view
from contact_center.tenancy.access import Actor
from contact_center.tenancy.roles import REFUSAL
from conversations.listing import LISTINGS, ONGOING, Listing
from conversations.saved_views.counts import shared_view_counts
from conversations.saved_views.reading import views_of

# A dozen counts cost more than a page of rows and are looked at for moments; nobody reads them faster than this.
LEAST_SECONDS = 1.0


class ViewCounts(LiveView):
    """One person's views of one list; it has no rows."""

    kinds = frozenset({"conversation", "saved_view"})
    reread_seconds = 2.0

    def __init__(self, actor: Actor, listing: Listing) -> None:
        self.organization_id = actor.organization_id
        self.key: Hashable = ("view-counts", listing.name, actor)
        self.render_key: Hashable = self.key
        self._actor, self._listing = actor, listing
        self._last: Snapshot | None = None
        self._read_at = 0.0

    def read(self) -> Snapshot:
        """One query for the views; counting them is one more and the names that they filter by, for the first of those
        who see the same. Read again within a second it is what it was.
        """
        if self._last is None or time.monotonic() - self._read_at >= LEAST_SECONDS:
            views = views_of(self._actor, self._listing.name)
            self._last = Snapshot((), {"counts": shared_view_counts(self._actor, self._listing, views)})
            self._read_at = time.monotonic()
        return self._last

    def render_rows(self, ids: Sequence[int]) -> Mapping[int, str]:
        return {}

    def row_dom_id(self, id: int) -> str:
        return f"view-{id}"

    def render_page(self, rows: Sequence[str]) -> str:
        return ""

    def render_counters(self, counters: Mapping[str, object]) -> str:
        counts = counters["counts"]
        assert isinstance(counts, dict)  # noqa: S101 - made by read
        span = '<span id="view-count-{}" class="view-choice__count" hx-swap-oob="true">{}</span>'
        return format_html_join("", span, counts.items())


@live_view("view-counts")
def counts_of_views(actor: Actor, query: QueryDict) -> LiveView:
    listing = LISTINGS.get(query.get("list") or ONGOING.name)
    if listing is None:
        raise NotFound("There is no such list.")
    if not actor.may(listing.right):
        raise Refused(REFUSAL[listing.right])
    return ViewCounts(actor, listing)
