"""What the palette offers a person: the pages they may open and, to a supervisor, the views of every list."""

from dataclasses import dataclass
from urllib.parse import urlencode

from contact_center.tenancy.access import Actor
from contact_center.tenancy.roles import Right
from contact_center.web.navigation import NOTIFICATIONS, exists, open_places
from conversations.choices import Choices
from conversations.filter_fields import MESSAGES
from conversations.list_context import list_url_of, with_query
from conversations.listing import LISTINGS, ONGOING, RECORDS, Listing
from conversations.saved_views.reading import View, views_of


@dataclass(frozen=True, slots=True)
class Entry:
    """`hint` says what the label alone doesn't; it is searched as well. `key` is the letter after g. `searches` says
    that the typed words go to the end of `url`.
    """

    label: str
    url: str
    icon: str
    hint: str = ""
    key: str = ""
    searches: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    name: str
    entries: tuple[Entry, ...]


_SEARCHED = {ONGOING: "Search all ongoing conversations", RECORDS: "Search ongoing record conversations"}


def groups_for(actor: Actor) -> list[Group]:
    """One query for each list, none for whoever has no lists."""
    views = [_views(actor, listing) for listing in LISTINGS.values() if actor.may(listing.right)]
    searches = [Group("Search", _searches(actor))] if actor.may(Right.SUPERVISE) else []
    return [Group("Pages", _pages(actor)), *views, *searches]


def _pages(actor: Actor) -> tuple[Entry, ...]:
    slug, places = actor.organization_slug, open_places(actor)
    pages = [Entry(place.label, place.url(slug), place.icon or "message", key=place.key) for place in places]
    # Everybody may open these; who has no link to them in the sidebar reaches them through the bell.
    if NOTIFICATIONS not in places and exists(NOTIFICATIONS.url(slug)):
        pages.append(Entry(NOTIFICATIONS.label, NOTIFICATIONS.url(slug), NOTIFICATIONS.icon))
    return tuple(pages)


def _views(actor: Actor, listing: Listing) -> Group:
    url = list_url_of(actor, listing)
    found = views_of(actor, listing.name)
    return Group(f"Views: {listing.heading}", tuple(_entry(view, url) for view in found))


def _entry(view: View, list_url: str) -> Entry:
    hint = "" if view.is_built_in else "your view" if view.is_own else f"shared by {view.owner}"
    return Entry(view.name, with_query(list_url, urlencode({"view": view.key})), "views", hint)


def _searches(actor: Actor) -> tuple[Entry, ...]:
    places = [(label, f"{list_url_of(actor, listing)}?q=") for listing, label in _SEARCHED.items()]
    if not Choices(actor).no_messages:
        places.insert(1, (f"{_SEARCHED[ONGOING]} and their messages", f"{list_url_of(actor)}?{MESSAGES}=1&q="))
    return tuple(Entry(label, url, "search", "for what you typed", searches=True) for label, url in places)
