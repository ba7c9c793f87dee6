"""*Find an agent*: the representatives offered for one conversation, narrowed by what the person typed."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from typing import Any

from conversations.candidates import candidates
from conversations.models import Conversation
from routing.eligibility import Candidate
from routing.kinds import Presence
from routing.models import Intent, IntentFamily, IntentGroup, Queue, Skill, UserGroup
from routing.models.intents import UserGroupIntentGroup

# What each line of the dialog is sent with.
Option = tuple[str, str]


@dataclass(frozen=True, slots=True)
class PeopleFilter:
    """As typed; an empty one doesn't narrow. The last four are offered for intent-based transfers."""

    name: str = ""
    served: str = ""
    skill: str = ""
    presence: str = ""
    others: str = ""
    family: str = ""
    intent_group: str = ""
    intent: str = ""
    user_group: str = ""

    @classmethod
    def of(cls, typed: Mapping[str, Any]) -> "PeopleFilter":
        return cls(**{field.name: str(typed.get(field.name) or "").strip()[:120] for field in fields(cls)})

    @property
    def narrows(self) -> bool:
        return any(getattr(self, field.name) for field in fields(self) if field.name != "others")


@dataclass(frozen=True, slots=True)
class Offered:
    """The people listed, and why when there is nobody."""

    people: list[Candidate]
    nobody: str = ""


def is_intent_based(conversation: Conversation) -> bool:
    return conversation.intent_id is not None or conversation.queue.intent_based


def find_people(conversation: Conversation, chosen: PeopleFilter) -> Offered:
    """A fixed number of queries. The first representative of a transfer is left out."""
    everybody = [one for one in candidates(conversation) if one.id != conversation.representative_id]
    normally = [one for one in everybody if one.is_listed]
    listed = everybody if chosen.others else normally
    groups = _user_groups(chosen)
    people = [one for one in listed if _fits(one, chosen, groups)]
    return Offered(people, "" if people else _why_nobody(conversation, chosen, everybody, listed))


def filter_options(conversation: Conversation, *, with_intents: bool) -> dict[str, list[Option]]:
    """What each filter offers: two queries, six for intent-based work."""
    queues = Queue.objects.filter(kind=conversation.kind, is_active=True).order_by("name")
    found = {
        "served": _options(queues.values_list("pk", "name")),
        "skill": [(name, name) for name in Skill.objects.order_by("name").values_list("name", flat=True)],
        "presence": [(str(value), str(label)) for value, label in Presence.choices],
    }
    if with_intents:
        found |= {
            "family": _options(IntentFamily.objects.order_by("name").values_list("pk", "name")),
            "intent_group": _options(IntentGroup.objects.order_by("name").values_list("pk", "name")),
            "intent": _options(Intent.objects.order_by("name").values_list("pk", "name")),
            "user_group": _options(UserGroup.objects.order_by("name").values_list("pk", "name")),
        }
    return found


def _options(rows: Iterable[tuple[int, str]]) -> list[Option]:
    return [(str(pk), name) for pk, name in rows]


def _number(text: str) -> int:
    """An id as typed; -1, which nothing has, for anything else."""
    return int(text) if text.isascii() and text.isdigit() else -1


def _fits(one: Candidate, chosen: PeopleFilter, groups: frozenset[int] | None) -> bool:
    return (
        chosen.name.casefold() in one.name.casefold()
        and (not chosen.presence or one.presence == chosen.presence)
        and (not chosen.served or _number(chosen.served) in one.queue_ids)
        and (not chosen.skill or any(name == chosen.skill for name, _ in one.skills))
        and (groups is None or bool(groups & one.user_group_ids))
    )


def _user_groups(chosen: PeopleFilter) -> frozenset[int] | None:
    """The user groups that the intent filters leave: intent family → intent group → user group. None for all."""
    served = UserGroupIntentGroup.objects.all()
    if chosen.family:
        served = served.filter(intent_group__family=_number(chosen.family))
    if chosen.intent_group:
        served = served.filter(intent_group=_number(chosen.intent_group))
    if chosen.intent:
        served = served.filter(intent_group__in=Intent.objects.filter(pk=_number(chosen.intent)).values("group"))
    narrowed = bool(chosen.family or chosen.intent_group or chosen.intent)
    groups = frozenset(served.values_list("user_group", flat=True)) if narrowed else None
    if not chosen.user_group:
        return groups
    one = frozenset({_number(chosen.user_group)})
    return one if groups is None else groups & one


def _why_nobody(
    conversation: Conversation, chosen: PeopleFilter, everybody: list[Candidate], listed: list[Candidate]
) -> str:
    queue = conversation.queue.name
    if listed:
        return "Nobody matches these filters. Take one of them off."
    if not everybody:
        return "Your organization has no other representatives."
    members = [one for one in everybody if conversation.queue_id in one.queue_ids]
    if not members:
        return f"Nobody else serves {queue}. Show others to choose somebody anyway."
    allowed = " or ".join(Presence(presence).label for presence in conversation.work_stream.allowed_presences)
    return f"Nobody else in {queue} is {allowed} now. Show others to choose somebody anyway."
