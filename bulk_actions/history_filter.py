"""The filters of Action History: type, person, status and date, as an address carries them."""

from collections.abc import Sequence

from django.db.models import Exists, OuterRef, Q
from django.http import QueryDict

from bulk_actions.kinds import KINDS
from bulk_actions.models import BulkActionItem
from bulk_actions.queries import runs
from bulk_actions.states import RunStatus
from bulk_actions.subjects import CONVERSATIONS
from contact_center.tenancy.access import Actor
from contact_center.tenancy.models import Membership
from contact_center.tenancy.roles import Role
from contact_center.web.query_filter import Field, QueryFilter, date_field
from conversations.models import Conversation, Disposition, ForceCloseReason
from conversations.rules import Action

STATUSES = {status.value: str(status.label) for status in RunStatus if status != RunStatus.PREVIEWED}


def history_filter(query: QueryDict, actor: Actor) -> QueryFilter:
    """Three queries, for the people, the reasons and the dispositions."""
    return QueryFilter.from_query(query, _fields(actor))


def _fields(actor: Actor) -> tuple[Field, ...]:
    return (
        Field("type", "Action type", {name: label for name, (label, _) in _types().items()}, _of_type),
        Field("person", "Created by", _people(), lambda values: Q(created_by_id__in=[int(value) for value in values])),
        Field("status", "Status", STATUSES, lambda values: Q(status__in=values)),
        Field("reason", "Force-close reason", _reasons(), _for_reason),
        Field("disposition", "Disposition", _dispositions(), _of_disposition),
        date_field("date", "Date", "started_at", actor.time_zone),
    )


def _reasons() -> dict[str, str]:
    return {str(pk): label for pk, label in ForceCloseReason.objects.values_list("pk", "label")}


def _for_reason(values: Sequence[str]) -> Q:
    return Q(action=Action.FORCE_CLOSE, parameters__reason__in=[int(value) for value in values])


def _dispositions() -> dict[str, str]:
    return {str(pk): label for pk, label in Disposition.objects.values_list("pk", "label")}


def _of_disposition(values: Sequence[str]) -> Q:
    """Runs over conversations that were wrapped up with one of them."""
    ended = Conversation.objects.filter(disposition_id__in=[int(value) for value in values])
    items = BulkActionItem.objects.filter(bulk_action_id=OuterRef("pk"), target_id__in=ended.values("pk"))
    # Other runs' targets are representatives or queues, and their ids say nothing about conversations.
    about_conversations = [action for action, kind in KINDS.items() if kind.subject is CONVERSATIONS]
    return Q(Exists(items), action__in=about_conversations)


def _types() -> dict[str, tuple[str, list[str]]]:
    """What people call one action may be several for the rule table."""
    found: dict[str, tuple[str, list[str]]] = {}
    for action in KINDS:
        label = KINDS[action].label
        found.setdefault(label.lower().replace(" ", "_"), (label, []))[1].append(action)
    return found


def _of_type(values: Sequence[str]) -> Q:
    types = _types()
    return Q(action__in=[action for value in values for action in types[value][1]])


def _people() -> dict[str, str]:
    """Supervisors, and whoever has started a run before."""
    started = runs().order_by().values("created_by_id").distinct()
    people = Membership.objects.filter(Q(roles__contains=[Role.SUPERVISOR]) | Q(pk__in=started)).select_related("user")
    return {str(person.pk): str(person) for person in sorted(people, key=str)}
