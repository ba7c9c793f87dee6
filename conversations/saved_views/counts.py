"""How many conversations each view shows: one query for all of a person's views, shared by those who see the same."""

import time
from collections.abc import Hashable, Sequence

from django.db.models import IntegerField, Subquery
from django.http import QueryDict

from contact_center.tenancy.access import Actor
from contact_center.tenancy.models import OrganizationSettings
from contact_center.web.pagination import COUNTED_TO, Count
from conversations.choices import Choices
from conversations.filters import ConversationFilter
from conversations.listing import Listing
from conversations.saved_views.reading import View

# The hub reads all that an event concerns within a moment; what was counted for the first serves the others.
SHARED_SECONDS = 0.5
_MOST_KEPT = 2_000
_counted: dict[Hashable, tuple[float, str]] = {}


class _Counted(Subquery):
    """How many rows a query has; it stops where its own limit does."""

    template = "(SELECT COUNT(*) FROM (%(subquery)s) AS counted)"
    output_field = IntegerField()


def view_counts(actor: Actor, listing: Listing, views: Sequence[View]) -> dict[str, str]:
    """By the view's key, exact to 10,000. One query beside those that read names for the views' filters."""
    counts = _count(actor, listing, [view.query for view in views])
    return {view.key: counts[view.query] for view in views}


def shared_view_counts(actor: Actor, listing: Listing, views: Sequence[View]) -> dict[str, str]:
    """The same, up to half a second old: how many people look at their views doesn't matter."""
    sight = _sight(actor, listing)
    now = time.monotonic()
    queries = {view.query for view in views}
    known = {
        query: found[1]
        for query in queries
        if (found := _counted.get((sight, query))) is not None and now - found[0] < SHARED_SECONDS
    }
    fresh = _count(actor, listing, sorted(queries - set(known)))
    if len(_counted) > _MOST_KEPT:
        _counted.clear()
    _counted.update({(sight, query): (time.monotonic(), count) for query, count in fresh.items()})
    counts = known | fresh
    return {view.key: counts[view.query] for view in views}


def _sight(actor: Actor, listing: Listing) -> Hashable:
    """All that decides what a query stands for beside itself."""
    return (
        actor.organization_id,
        actor.queue_ids,
        actor.roles,
        actor.toggles,
        actor.time_zone,
        listing.name,
    )


def _count(actor: Actor, listing: Listing, queries: Sequence[str]) -> dict[str, str]:
    if not queries:
        return {}
    choices = Choices(actor)
    filters = [ConversationFilter.from_query(QueryDict(query), actor, listing, choices=choices) for query in queries]
    counted = {
        f"view_{position}": _Counted(shown.rows().order_by().values("pk")[: COUNTED_TO + 1])
        for position, shown in enumerate(filters)
    }
    # Any table with one row of the organization's will do.
    numbers = OrganizationSettings.objects.values_list(*(counted.values()))[:1]
    found = next(iter(numbers), (0,) * len(queries))
    return {
        query: str(Count(min(number, COUNTED_TO), exact=number <= COUNTED_TO))
        for query, number in zip(queries, found, strict=True)
    }
