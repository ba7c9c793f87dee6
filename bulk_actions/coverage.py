"""Whose queues and rights cover a whole run: they may cancel it, try it again and decide on it."""

from collections.abc import Iterator

from bulk_actions.models import BulkAction
from contact_center.tenancy.access import Actor
from contact_center.tenancy.models import Membership, OrganizationSettings
from contact_center.tenancy.roles import Role
from conversations.models import Conversation
from conversations.rules import RULES, Action, sentence_of
from conversations.rules.ask import actor_refusal

NOT_COVERED = "The run covers queues that you don’t see. Ask the person who started it."


def queues_of(run: BulkAction) -> frozenset[int]:
    """Where its conversations are now. One query."""
    ids = run.items.values("conversation_id")
    return frozenset(Conversation.objects.filter(pk__in=ids).order_by().values_list("queue_id", flat=True).distinct())


def covers(actor: Actor, run: BulkAction) -> bool:
    """Whether the person's queues hold every conversation of the run."""
    return actor.queue_ids is None or queues_of(run) <= actor.queue_ids


def why_not_act_on(actor: Actor, action: str) -> str:
    """What speaks against the person whatever the conversation: role, API access, right, toggle. Empty: nothing."""
    code = actor_refusal(RULES[Action(action)], actor)
    return sentence_of(code) if code else ""


def supervisors_covering(run: BulkAction) -> Iterator[Actor]:
    """Everybody but its person whose right, toggle and scope cover it. Four queries."""
    queues = queues_of(run)
    settings = OrganizationSettings.objects.first()
    toggles = frozenset(settings.toggles) if settings else frozenset()
    members = Membership.objects.filter(is_active=True, user__is_active=True, roles__contains=[Role.SUPERVISOR])
    for member in members.exclude(pk=run.created_by_id).select_related("user").prefetch_related("queue_scopes"):
        actor = _actor(member, toggles)
        if not why_not_act_on(actor, run.action) and (actor.queue_ids is None or queues <= actor.queue_ids):
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
