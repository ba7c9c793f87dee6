"""Which views a person has of a list: the built-in ones, their own, and those that others shared with them."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q, QuerySet

from contact_center.tenancy.access import Actor
from conversations.models import DefaultView, SavedView, SavedViewShare
from conversations.saved_views.builtin import ALL, BUILT_IN, BuiltInView, built_in

LARGEST_ID = 2**63 - 1


@dataclass(frozen=True, slots=True)
class View:
    """One view as this person has it. `id` and `owner` are empty for a built-in one."""

    key: str
    name: str
    query: str
    id: int | None = None
    owner: str = ""
    is_own: bool = False
    may_edit: bool = False
    group: str = ""

    @property
    def is_built_in(self) -> bool:
        return self.id is None


def shared_with(actor: Actor) -> Q:
    """Shares that reach this person: by name, by a role, or because everybody has them. Over SavedViewShare."""
    return (
        Q(membership_id=actor.membership_id)
        | Q(membership=None, role__in=sorted(actor.roles))
        | Q(membership=None, role="")
    )


def _reaching(actor: Actor, **conditions: bool) -> Exists:
    shares = SavedViewShare.objects.filter(shared_with(actor), view_id=OuterRef("pk"), **conditions)
    return Exists(shares)


def visible_views(actor: Actor) -> QuerySet[SavedView]:
    """Saved views this person may use; each says as `may_edit` whether it may be changed."""
    views = SavedView.objects.filter(Q(owner_id=actor.membership_id) | _reaching(actor))
    return views.annotate(may_edit=_reaching(actor, may_edit=True)).select_related("owner__user")


def views_of(actor: Actor, listing_name: str) -> list[View]:
    """Built-in ones in their order, then own ones, then shared ones, by name. One query."""
    saved = [_saved(row, actor) for row in visible_views(actor).filter(page=listing_name)]
    saved.sort(key=lambda view: (not view.is_own, view.name.casefold(), view.id or 0))
    return [*_built_in(BUILT_IN.get(listing_name, ())), *saved]


def shared_with_everybody(listing_name: str) -> set[int]:
    """The views of a list that the whole organization has. One query."""
    shares = SavedViewShare.objects.filter(membership=None, role="", view__page=listing_name)
    return set(shares.values_list("view_id", flat=True))


def find_view(actor: Actor, listing_name: str, key: str) -> View | None:
    """None alike for a view that doesn't exist, a foreign one, and one that isn't shared with this person.

    One query for a saved view.
    """
    if known := built_in(listing_name, key):
        return View(known.key, known.name, known.query, group=known.group)
    if not (key.isascii() and key.isdecimal()) or not 0 < int(key[:20]) <= LARGEST_ID:
        return None
    row = visible_views(actor).filter(page=listing_name, pk=int(key)).first()
    return _saved(row, actor) if row else None


def default_key(actor: Actor, listing_name: str) -> str:
    """The view the person starts with; one that isn't shared with them any more is none. Two queries at most."""
    own = DefaultView.objects.filter(membership_id=actor.membership_id or 0, page=listing_name)
    view_id, key = own.values_list("view", "key").first() or (None, ALL)
    if view_id is None:
        return key
    return str(view_id) if visible_views(actor).filter(pk=view_id).exists() else ALL


def _built_in(views: Iterable[BuiltInView]) -> list[View]:
    return [View(view.key, view.name, view.query, group=view.group) for view in views]


def _saved(row: SavedView, actor: Actor) -> View:
    is_own = row.owner_id == actor.membership_id
    may_edit = is_own or bool(getattr(row, "may_edit", False))
    return View(str(row.pk), row.name, row.query, row.pk, str(row.owner), is_own, may_edit)
