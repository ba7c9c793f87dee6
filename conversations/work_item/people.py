"""*Find an agent*: the representatives offered for one conversation, narrowed by what the person typed."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.datastructures import MultiValueDict

from conversations.candidates import candidates
from conversations.models import Conversation
from routing.eligibility import Candidate
from routing.kinds import Presence
from routing.models import Intent, IntentFamily, IntentGroup, Queue, Skill, UserGroup
from routing.models.intents import UserGroupIntentGroup

# More than any filter offers.
MOST_VALUES = 200
# What each line of the dialog is sent with.
Option = tuple[str, str]
# Longer than any id.
MOST_DIGITS = 19


# Filters of which several values may be chosen.
MANY = ("served", "skill", "presence", "family", "intent_group", "intent", "user_group")


@dataclass(frozen=True, slots=True)
class PeopleFilter:
    """As typed; an empty one doesn't narrow. One of the values is enough, except for skills: all that are chosen.

    The last four are offered for intent-based transfers.
    """

    name: str = ""
    others: str = ""
    served: tuple[str, ...] = ()
    skill: tuple[str, ...] = ()
    presence: tuple[str, ...] = ()
    family: tuple[str, ...] = ()
    intent_group: tuple[str, ...] = ()
    intent: tuple[str, ...] = ()
    user_group: tuple[str, ...] = ()

    @classmethod
    def of(cls, typed: Mapping[str, Any]) -> "PeopleFilter":
        name, others = (str(typed.get(field) or "").strip()[:120] for field in ("name", "others"))
        return cls(name, others, **{field: typed_values(typed, field) for field in MANY})


def typed_values(typed: Mapping[str, Any], name: str) -> tuple[str, ...]:
    """All values of a field that may be sent several times; empty ones and those beyond any list are dropped."""
    found = typed.getlist(name) if isinstance(typed, MultiValueDict) else [typed.get(name)]
    values = (str(value or "").strip()[:120] for value in found[:MOST_VALUES])
    return tuple(dict.fromkeys(value for value in values if value))


@dataclass(frozen=True, slots=True)
class Offered:
    """The people listed, and why when there is nobody."""

    people: list[Candidate]
    nobody: str = ""


def find_people(conversation: Conversation, chosen: PeopleFilter) -> Offered:
    """A fixed number of queries. The first representative of a transfer is left out."""
    everybody = [one for one in candidates(conversation) if one.id != conversation.representative_id]
    normally = [one for one in everybody if one.is_listed]
    listed = everybody if chosen.others else normally
    groups = _user_groups(chosen)
    people = [one for one in listed if _fits(one, chosen, groups)]
    others = sum(_fits(one, chosen, groups) for one in everybody)
    return Offered(people, "" if people else _why_nobody(conversation, everybody, listed, others))


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


def _numbers(values: Iterable[str]) -> frozenset[int]:
    """Ids as typed; -1, which nothing has, for anything else."""
    return frozenset(
        int(text) if text.isascii() and text.isdigit() and len(text) < MOST_DIGITS else -1 for text in values
    )


def _fits(one: Candidate, chosen: PeopleFilter, groups: frozenset[int] | None) -> bool:
    return (
        chosen.name.casefold() in one.name.casefold()
        and (not chosen.presence or one.presence in chosen.presence)
        and (not chosen.served or bool(_numbers(chosen.served) & one.queue_ids))
        and set(chosen.skill) <= {name for name, _ in one.skills}
        and (groups is None or bool(groups & one.user_group_ids))
    )


def _user_groups(chosen: PeopleFilter) -> frozenset[int] | None:
    """The user groups that the intent filters leave: intent family → intent group → user group. None for all."""
    served = UserGroupIntentGroup.objects.all()
    if chosen.family:
        served = served.filter(intent_group__family__in=_numbers(chosen.family))
    if chosen.intent_group:
        served = served.filter(intent_group__in=_numbers(chosen.intent_group))
    if chosen.intent:
        served = served.filter(intent_group__in=Intent.objects.filter(pk__in=_numbers(chosen.intent)).values("group"))
    narrowed = bool(chosen.family or chosen.intent_group or chosen.intent)
    groups = frozenset(served.values_list("user_group", flat=True)) if narrowed else None
    if not chosen.user_group:
        return groups
    some = _numbers(chosen.user_group)
    return some if groups is None else groups & some


def _why_nobody(conversation: Conversation, everybody: list[Candidate], listed: list[Candidate], others: int) -> str:
    """`others` match the filters but aren't normally offered."""
    queue = conversation.queue.name
    if listed and others:
        who = "One other person does" if others == 1 else f"{others} others do"
        return f"Nobody who is normally offered matches these filters. {who}: show others."
    if listed:
        return "Nobody matches these filters. Take one of them off."
    if not everybody:
        return "Your organization has no other representatives."
    members = [one for one in everybody if conversation.queue_id in one.queue_ids]
    if not members:
        return f"Nobody else serves {queue}. Show others to choose somebody anyway."
    allowed = " or ".join(Presence(presence).label for presence in conversation.work_stream.allowed_presences)
    return f"Nobody else in {queue} is {allowed} now. Show others to choose somebody anyway."
