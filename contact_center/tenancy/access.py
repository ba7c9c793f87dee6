"""Who acts, in which organization, with which rights: the entry check of every page and socket."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import wraps
from typing import Any, Concatenate, ParamSpec, cast

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from contact_center.tenancy.models import Membership, Organization, OrganizationSettings, User
from contact_center.tenancy.roles import REFUSAL, ROLES_WITH, Right, Role


class NotAMember(Exception):
    """The user has no active membership in the organization (answered with 404)."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody, or the system, acting inside one organization. Immutable: read again where a right may have changed.

    `queue_ids` is None for a supervisor of all queues. `membership_id` is None for the system and for API keys, whose
    `name` then says which.
    """

    organization_id: int
    organization_slug: str = ""
    membership_id: int | None = None
    user_id: int | None = None
    representative_id: int | None = None
    name: str = "System"
    roles: frozenset[str] = frozenset()
    toggles: frozenset[str] = frozenset()
    queue_ids: frozenset[int] | None = None
    may_notify: bool = False
    api_access: bool = False
    # What the roles would allow and the organization's settings don't.
    withheld: frozenset[Right] = frozenset()
    time_zone: str = field(default="UTC", compare=False)

    @property
    def is_system(self) -> bool:
        return self.membership_id is None

    @property
    def is_supervisor(self) -> bool:
        return Role.SUPERVISOR in self.roles

    def may(self, right: Right) -> bool:
        return right not in self.withheld and not self.roles.isdisjoint(ROLES_WITH[right])

    def sees_queue(self, queue_id: int) -> bool:
        return self.queue_ids is None or queue_id in self.queue_ids


class OrganizationRequest(HttpRequest):
    """A request below /o/<organization>/ after the middleware."""

    actor: Actor
    organization: Organization
    user: User
    htmx: Any


def system_actor(organization: Organization | int, name: str = "System") -> Actor:
    if isinstance(organization, Organization):
        return Actor(organization_id=organization.pk, organization_slug=organization.slug, name=name)
    return Actor(organization_id=organization, name=name)


def resolve_actor(user_id: int, organization: Organization) -> Actor:
    """The user's rights in the organization in scope, read fresh. Two or three queries. Raises NotAMember."""
    membership = (
        Membership.objects.select_related("user", "representative")
        .filter(user_id=user_id, is_active=True, user__is_active=True)
        .first()
    )
    if membership is None or not organization.is_active:
        raise NotAMember
    return actor_of(membership, organization)


def actor_of_membership(membership_id: int) -> Actor:
    """As `resolve_actor`, for work that runs later on somebody's behalf. Raises NotAMember."""
    membership = (
        Membership.objects.select_related("user", "representative", "organization")
        .filter(pk=membership_id, is_active=True, user__is_active=True)
        .first()
    )
    if membership is None or not membership.organization.is_active:
        raise NotAMember
    return actor_of(membership, membership.organization)


def actor_of(membership: Membership, organization: Organization) -> Actor:
    settings = OrganizationSettings.objects.first()
    # `queue_scopes` and `representative` are reverse relations that routing declares; nothing is imported from it.
    scope = cast(Any, membership).queue_scopes
    return Actor(
        organization_id=organization.pk,
        organization_slug=organization.slug,
        membership_id=membership.pk,
        user_id=membership.user_id,
        representative_id=getattr(getattr(membership, "representative", None), "pk", None),
        name=str(membership),
        roles=frozenset(membership.roles),
        toggles=frozenset(settings.toggles) if settings else frozenset(),
        queue_ids=None if membership.all_queues else frozenset(scope.values_list("queue_id", flat=True)),
        may_notify=membership.may_notify,
        api_access=membership.api_access,
        withheld=_withheld(membership, settings),
        time_zone=membership.user.time_zone or (settings.time_zone if settings else "UTC"),
    )


def _withheld(membership: Membership, settings: OrganizationSettings | None) -> frozenset[Right]:
    chosen = _chosen_roles(settings)
    # Lists are supervisors'; whoever else keeps views keeps reports.
    chosen[Right.KEEP_VIEWS] = chosen[Right.READ_REPORTS] | {Role.SUPERVISOR}
    return frozenset(right for right, roles in chosen.items() if roles.isdisjoint(membership.roles))


def _chosen_roles(settings: OrganizationSettings | None) -> dict[Right, set[str]]:
    """The roles to which the organization gives the rights that are its to give."""
    readers = set(settings.report_readers) if settings and settings.reports_enabled else set()
    makers = readers & set(settings.report_makers) if settings else set()
    return {Right.READ_REPORTS: readers, Right.MAKE_REPORTS: makers}


def roles_with(right: Right) -> list[str]:
    """The roles that hold it in the organization in scope. One query where the organization decides."""
    able = [role.value for role in Role if role in ROLES_WITH[right]]
    if right not in _chosen_roles(None):
        return able
    chosen = _chosen_roles(OrganizationSettings.objects.first())[right]
    return [role for role in able if role in chosen]


P = ParamSpec("P")
View = Callable[Concatenate[Any, P], HttpResponseBase]


def organization_view(right: Right) -> Callable[[View[P]], View[P]]:
    """Let in who holds the right; 403 with the reason otherwise. Marks the view for the guard tests."""

    def decorate(view: View[P]) -> View[P]:
        @wraps(view)
        def guarded(request: OrganizationRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            if not request.actor.may(right):
                raise PermissionDenied(REFUSAL[right])
            return view(request, *args, **kwargs)

        guarded.organization_right = right  # type: ignore[attr-defined]
        return cast(View[P], guarded)

    return decorate
