"""The selector of views as its template has it."""

from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from contact_center.tenancy.access import Actor
from conversations.filters import ConversationFilter
from conversations.list_context import list_url_of, with_query
from conversations.saved_views.builtin import ALL, STUCK_WORK
from conversations.saved_views.counts import view_counts
from conversations.saved_views.reading import View, default_key, views_of


def chooser_context(actor: Actor, shown: ConversationFilter) -> dict[str, Any]:
    listing, slug = shown.listing, actor.organization_slug
    views = views_of(actor, listing.name)
    counts, start = view_counts(actor, listing, views), default_key(actor, listing.name)
    current = shown.view.key if shown.view else (ALL if not shown.definition else "")
    list_url, at = list_url_of(actor, listing), urlencode({"list": listing.name})

    def entry(view: View) -> dict[str, Any]:
        return {
            "key": view.key,
            "name": view.name,
            "url": with_query(list_url, urlencode({"view": view.key})),
            "count": counts[view.key],
            "current": view.key == current,
            "starts": view.key == start,
            "owner": "" if view.is_own else view.owner,
        }

    groups = (
        ("", [view for view in views if view.is_built_in and not view.group]),
        (STUCK_WORK, [view for view in views if view.group == STUCK_WORK]),
        ("My views", [view for view in views if view.is_own]),
        ("Shared with me", [view for view in views if not (view.is_built_in or view.is_own)]),
    )
    return {
        "groups": [{"name": name, "views": [entry(view) for view in found]} for name, found in groups if found],
        "chosen": next((view for view in views if view.key == current), None),
        "chosen_starts": current == start,
        "is_edited": shown.is_edited,
        "copy_url": f"{reverse('conversations:copy-view', args=[slug])}?{at}",
        "start_url": f"{reverse('conversations:start-with-view', args=[slug])}?{at}",
        "ws_url": f"/ws/o/{slug}/view-counts/?{at}",
        "organization_slug": slug,
    }
