"""Whose queues and rights cover a whole run: they may cancel it, try it again and decide on it."""

from collections.abc import Iterator

from bulk_actions.kinds import kind_of
from bulk_actions.models import BulkAction
from bulk_actions.subjects.subject import Places
from contact_center.tenancy.access import Actor
from contact_center.tenancy.models import Membership, OrganizationSettings
from contact_center.tenancy.roles import Role

NOT_COVERED = "The run covers queues that you don’t see. Ask the person who started it."


def places_of(run: BulkAction) -> Places:
    """For each of its targets the queues of which somebody has to see one. One query; three for representatives."""
    return kind_of(run.action).subject.places(run.items.values_list("target_id", flat=True))


def covers(actor: Actor, run: BulkAction) -> bool:
    """Whether the person sees every target of the run."""
    return actor.queue_ids is None or _sees_all(actor, places_of(run))


def _sees_all(actor: Actor, places: Places) -> bool:
    return actor.queue_ids is None or all(place & actor.queue_ids for place in places)


def why_not_act_on(actor: Actor, action: str) -> str:
    """What speaks against the person whatever the target: role, API access, right, toggle. Empty: nothing."""
    return kind_of(action).subject.why_not(action, actor)


def supervisors_covering(run: BulkAction) -> Iterator[Actor]:
    """Everybody but its person whose right, toggle and scope cover it. Four queries."""
    places = places_of(run)
    settings = OrganizationSettings.objects.first()
    toggles = frozenset(settings.toggles) if settings else frozenset()
    members = Membership.objects.filter(is_active=True, user__is_active=True, roles__contains=[Role.SUPERVISOR])
    for member in members.exclude(pk=run.created_by_id).select_related("user").prefetch_related("queue_scopes"):
        actor = _actor(member, toggles)
        if not why_not_act_on(actor, run.action) and _sees_all(actor, places):
            yield actor


def _actor(member: Membership, toggles: frozenset[str]) -> Actor:
    """As tenancy.access makes it, of what was read for all of them at once."""
    scopes = member.queue_scopes.all()
    return Actor(
        organization_id=member.organization_id,
        membership_id=member.pk,
        user_id=member.user_id,
        name=str(member),
        roles=frozenset(member.roles),
        toggles=toggles,
        queue_ids=None if member.all_queues else frozenset(scope.queue_id for scope in scopes),
        may_notify=member.may_notify,
        api_access=member.api_access,
    )
