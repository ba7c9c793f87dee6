"""What people do with views: save, change, rename, copy, share, delete, and choose the one they start with.

A customized report is a view as well: of a list of its own, with rights of its own, and called a report.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone

from contact_center.audit.actions import AuditAction
from contact_center.audit.record import record
from contact_center.errors import Invalid, NotFound, Refused
from contact_center.live.publish import publish_on_commit
from contact_center.tenancy.access import Actor
from contact_center.tenancy.models import Membership
from contact_center.tenancy.roles import REFUSAL, Role
from conversations.listing import LISTINGS
from conversations.models import DefaultView, SavedView, SavedViewShare
from conversations.saved_views.builtin import ALL
from conversations.saved_views.reading import View, visible_views

LONGEST_NAME = 80
# More of one person's nobody finds again in the selector.
MOST_VIEWS = 200
# Of a group so many are named; the others are counted.
NAMED = 8


class NameTaken(Invalid):
    """The person has a view of this name already; saving again with `replace` overwrites it."""

    code = "name_taken"


def save_new(actor: Actor, page: str, name: str, query: str, *, replace: bool = False) -> SavedView:
    """A view of one's own. Raises NameTaken unless `replace`, and errors.Invalid for an empty or long name."""
    _require_keeping(actor, page)
    noun, name = _noun(page), _checked(name, page)
    own = SavedView.objects.filter(owner_id=actor.membership_id, page=page)
    taken = own.select_for_update(of=("self",)).filter(name__iexact=name).first()
    if taken is not None:
        if not replace:
            raise NameTaken(f"You have a {noun} called “{taken.name}” already.", fields={"name": "This name is taken."})
        return _store(taken, actor, query=query)
    if own.count() >= MOST_VIEWS:
        raise Invalid(f"You have {MOST_VIEWS} {noun}s. Delete one that you don’t need.")
    view = SavedView.objects.create(owner_id=_person(actor), page=page, name=name, query=query)
    _tell(actor, AuditAction.VIEW_SAVED, view)
    return view


def save_changes(actor: Actor, view_id: int, query: str) -> SavedView:
    """What the view shows from now on, for everybody who has it."""
    return _store(_editable(actor, view_id), actor, query=query)


def rename(actor: Actor, view_id: int, name: str) -> SavedView:
    view = _editable(actor, view_id)
    noun, name = _noun(view.page), _checked(name, view.page)
    others = SavedView.objects.filter(owner_id=view.owner_id, page=view.page, name__iexact=name).exclude(pk=view.pk)
    if others.exists():
        raise NameTaken(f"There is a {noun} called “{name}” already.", fields={"name": "This name is taken."})
    return _store(view, actor, name=name)


def copy(actor: Actor, view: View, page: str) -> SavedView:
    """A view of one's own like this one, under the first free name."""
    taken = set(SavedView.objects.filter(owner_id=actor.membership_id, page=page).values_list("name", flat=True))
    names = (
        f"{view.name[: LONGEST_NAME - 12]} (copy{f' {number}' if number > 1 else ''})" for number in range(1, 1000)
    )
    return save_new(actor, page, next(name for name in names if name not in taken), view.query)


def delete(actor: Actor, view_id: int) -> str:
    """It goes for everybody who has it; its name."""
    view = _owned(actor, view_id)
    _tell(actor, AuditAction.VIEW_DELETED, view)
    view.delete()
    return view.name


@dataclass(frozen=True, slots=True)
class Share:
    """With a member, with everybody who has a role, or with the whole organization (both empty)."""

    membership_id: int | None = None
    role: str = ""
    may_edit: bool = False


def share(actor: Actor, view_id: int, shares: Iterable[Share]) -> SavedView:
    """Exactly these have the view from now on, beside its owner. Raises errors.Invalid for who isn't a member here."""
    view = _owned(actor, view_id)
    wanted = {(each.membership_id, each.role): each for each in shares if each.membership_id != view.owner_id}
    members = {each.membership_id for each in wanted.values() if each.membership_id}
    known = set(Membership.objects.filter(pk__in=members, is_active=True).values_list("pk", flat=True))
    if members - known or {each.role for each in wanted.values()} - {"", *Role.values}:
        raise Invalid("One of those you chose isn’t a member here any more. Choose again.")
    view.shares.all().delete()
    SavedViewShare.objects.bulk_create(
        SavedViewShare(view=view, membership_id=each.membership_id, role=each.role, may_edit=each.may_edit)
        for each in wanted.values()
    )
    _tell(actor, AuditAction.VIEW_SHARED, view, shared_with=len(wanted))
    return view


def shares_of(view_id: int) -> Iterable[Mapping[str, Any]]:
    """One query."""
    return SavedViewShare.objects.filter(view_id=view_id).values("membership_id", "role", "may_edit")


def who_has(view_id: int) -> list[str]:
    """Everybody beside the owner, in words: people by name, then each role and the organization with the names of those
    who have the lists. At most two queries.
    """
    rows = SavedViewShare.objects.filter(view_id=view_id).select_related("membership__user", "view")
    people = sorted(str(row.membership) for row in rows if row.membership)
    groups = sorted(f"every {Role(row.role).label.lower()}" for row in rows if row.role)
    groups += ["the whole organization"] if any(not row.role and row.membership is None for row in rows) else []
    if not groups:
        return people
    # Only supervisors have the lists.
    found = Membership.objects.filter(is_active=True, roles__contains=[Role.SUPERVISOR]).select_related("user")
    named = sorted(str(each) for each in found if each.pk != rows[0].view.owner_id)
    more = f" and {len(named) - NAMED} more" if len(named) > NAMED else ""
    return people + [f"{group}: {', '.join(named[:NAMED])}{more}" if named else group for group in groups]


def start_with(actor: Actor, page: str, view: View) -> None:
    """The person's list opens with this view from now on."""
    key, view_id = ("" if view.id else view.key), view.id
    DefaultView.objects.filter(membership_id=_person(actor), page=page).delete()
    if key != ALL:
        DefaultView.objects.create(membership_id=_person(actor), page=page, key=key, view_id=view_id)


def _person(actor: Actor) -> int:
    """Views belong to people; the system and API keys have none."""
    if actor.membership_id is None:
        raise Refused("Only a member has views.")
    return actor.membership_id


def _noun(page: str) -> str:
    return LISTINGS[page].noun


def _require_keeping(actor: Actor, page: str) -> None:
    right = LISTINGS[page].keeping
    if not actor.may(right):
        raise Refused(REFUSAL[right])


def _checked(name: str, page: str) -> str:
    name = " ".join(name.split())
    if not name:
        sentence = f"Give the {_noun(page)} a name."
        raise Invalid(sentence, fields={"name": sentence})
    if len(name) > LONGEST_NAME:
        sentence = f"A name has at most {LONGEST_NAME} characters; this one has {len(name)}."
        raise Invalid(sentence, fields={"name": sentence})
    return name


def _locked(actor: Actor, view_id: int) -> SavedView:
    found = visible_views(actor).select_for_update(of=("self",)).filter(pk=view_id).first()
    if found is None:
        raise NotFound("There is no such view, or it isn’t shared with you any more.")
    _require_keeping(actor, found.page)
    return found


def _editable(actor: Actor, view_id: int) -> SavedView:
    view = _locked(actor, view_id)
    if view.owner_id != actor.membership_id and not getattr(view, "may_edit", False):
        noun = _noun(view.page)
        raise Refused(
            f"Only {view.owner} and people with edit rights change this {noun}. Save it as a new one instead."
        )
    return view


def _owned(actor: Actor, view_id: int) -> SavedView:
    view = _locked(actor, view_id)
    if view.owner_id != actor.membership_id:
        raise Refused(f"Only {view.owner}, whose {_noun(view.page)} it is, does this.")
    return view


def _store(view: SavedView, actor: Actor, **fields: str) -> SavedView:
    for name, value in fields.items():
        setattr(view, name, value)
    view.changed_at = timezone.now()
    with transaction.atomic():
        view.save(update_fields=[*fields, "changed_at"])
    _tell(actor, AuditAction.VIEW_CHANGED, view)
    return view


def _tell(actor: Actor, action: AuditAction, view: SavedView, **after: int) -> None:
    """The log, and everybody who looks at the view."""
    record(action, actor=actor, object_type="saved_view", object_id=view.pk, after=after)
    publish_on_commit(actor.organization_id, "saved_view", [view.pk])
