"""Who may take work: the one answer for the Assign and Transfer dialogs and for automatic offers.

People are judged in Python over a pool that a fixed number of queries has read, so that one dispatch judges thousands
of pairs without a query for each, and every reason can be told in a sentence.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Q

from routing.kinds import Presence
from routing.models import CapacityProfile, QueueMember, Representative, RepresentativeSkill
from routing.models.intents import UserGroupIntentGroup, UserGroupMember


@dataclass(frozen=True, slots=True)
class RequiredSkill:
    id: int
    name: str
    proficiency: int


@dataclass(frozen=True, slots=True)
class Demand:
    """What a piece of work asks of whoever takes it. `intent_group_id` is None where no intent is known."""

    queue_id: int
    units: int
    allowed_presences: tuple[str, ...]
    skills: tuple[RequiredSkill, ...] = ()
    intent_group_id: int | None = None


@dataclass(frozen=True, slots=True)
class Reason:
    """Why somebody isn't normally offered the work."""

    code: str
    sentence: str


@dataclass(slots=True)
class Person:
    """A representative with what eligibility looks at. `free_units` is negative where capacity is exceeded already."""

    representative: Representative
    free_units: int
    queue_ids: frozenset[int] = frozenset()
    # Skill id → its name and the proficiency.
    skills: Mapping[int, tuple[str, int]] = field(default_factory=dict)
    user_group_ids: frozenset[int] = frozenset()

    @property
    def pk(self) -> int:
        return self.representative.pk

    @property
    def idle_since(self) -> datetime:
        return self.representative.idle_since


@dataclass(frozen=True, slots=True)
class Candidate:
    """One line of *Find an agent*.

    `presence` is the base, `presence_text` what people read. `exceeds_by` says by how many units the work would exceed
    the total; `exceeded_by` by how many it is exceeded already.
    """

    id: int
    name: str
    email: str
    presence: str
    presence_text: str
    presence_since: datetime
    free_units: int
    total_units: int
    exceeds_by: int
    exceeded_by: int
    skills: tuple[tuple[str, int], ...]
    queue_ids: frozenset[int]
    user_group_ids: frozenset[int]
    reasons: tuple[Reason, ...]
    # The capacity profile in words; empty for a total of one's own.
    profile: str = ""

    @property
    def is_listed(self) -> bool:
        """Listed without the dialog's switch: members whose presence is allowed (product.md §6)."""
        return not any(reason.code in UNLISTED for reason in self.reasons)


UNLISTED = frozenset({"not_member", "presence"})


def with_account() -> Q:
    """Over representatives: those whose account hasn't been switched off. Some have none: they work elsewhere."""
    return Q(membership=None) | Q(membership__is_active=True)


class Pool:
    """The active people of the organization in scope, AI agents left out. Five queries, whatever their number."""

    def __init__(self, people: Iterable[Person], served_by: Mapping[int, frozenset[int]]) -> None:
        self.people = sorted(people, key=lambda person: (person.representative.name, person.pk))
        # Intent group id → the user groups that serve it.
        self._served_by = served_by
        self._by_queue: dict[int, list[Person]] = defaultdict(list)
        for person in self.people:
            for queue_id in person.queue_ids:
                self._by_queue[queue_id].append(person)

    @classmethod
    def load(cls, *, queue_ids: Iterable[int] | None = None) -> "Pool":
        """Everybody, or with `queue_ids` only the members of these queues."""
        rows = Representative.objects.filter(with_account(), is_active=True, type=Representative.Type.PERSON)
        if queue_ids is not None:
            rows = rows.filter(pk__in=QueueMember.objects.filter(queue_id__in=set(queue_ids)).values("representative"))
        queues: dict[int, set[int]] = defaultdict(set)
        groups: dict[int, set[int]] = defaultdict(set)
        skills: dict[int, dict[int, tuple[str, int]]] = defaultdict(dict)
        for representative_id, queue_id in QueueMember.objects.values_list("representative_id", "queue_id"):
            queues[representative_id].add(queue_id)
        for representative_id, group_id in UserGroupMember.objects.values_list("representative_id", "user_group_id"):
            groups[representative_id].add(group_id)
        for representative_id, skill_id, name, proficiency in RepresentativeSkill.objects.order_by(
            "skill__name"
        ).values_list("representative_id", "skill_id", "skill__name", "proficiency"):
            skills[representative_id][skill_id] = (name, proficiency)
        return cls(
            (
                Person(
                    row,
                    row.total_units - row.units_used,
                    frozenset(queues[row.pk]),
                    skills[row.pk],
                    frozenset(groups[row.pk]),
                )
                for row in rows.select_related("custom_presence", "capacity_profile")
            ),
            _groups_by_intent_group(),
        )

    def members(self, queue_id: int) -> list[Person]:
        return self._by_queue[queue_id]

    def reasons_against(self, person: Person, demand: Demand) -> tuple[Reason, ...]:
        """Why the person isn't normally offered this; units are not among them, they are told in numbers."""
        return tuple(
            reason
            for reason in (
                _not_member(person, demand),
                _presence(person, demand),
                *_lacking_skills(person, demand),
                self._intent(person, demand),
            )
            if reason is not None
        )

    def candidates(self, demand: Demand) -> list[Candidate]:
        """Everybody by name, each with the reasons against."""
        return [_candidate(person, demand, self.reasons_against(person, demand)) for person in self.people]

    def _intent(self, person: Person, demand: Demand) -> Reason | None:
        serving = self._served_by.get(demand.intent_group_id or 0)
        # An intent whose group nobody was put in charge of is everybody's.
        if not serving or serving & person.user_group_ids:
            return None
        return Reason("intent", "Isn't in a user group that serves this intent.")


def _groups_by_intent_group() -> dict[int, frozenset[int]]:
    found: dict[int, set[int]] = defaultdict(set)
    for intent_group_id, user_group_id in UserGroupIntentGroup.objects.values_list("intent_group_id", "user_group_id"):
        found[intent_group_id].add(user_group_id)
    return {pk: frozenset(groups) for pk, groups in found.items()}


def _not_member(person: Person, demand: Demand) -> Reason | None:
    return None if demand.queue_id in person.queue_ids else Reason("not_member", "Doesn't serve this queue.")


def _presence(person: Person, demand: Demand) -> Reason | None:
    if person.representative.presence in demand.allowed_presences:
        return None
    return Reason("presence", f"Is {_presence_text(person.representative)}; this work stream doesn't allow that.")


def _lacking_skills(person: Person, demand: Demand) -> Iterable[Reason]:
    for skill in demand.skills:
        _, proficiency = person.skills.get(skill.id, ("", 0))
        if proficiency == 0:
            yield Reason("skill", f"Lacks the skill {skill.name}.")
        elif proficiency < skill.proficiency:
            yield Reason("skill", f"Has {skill.name} at {proficiency}; {skill.proficiency} is asked for.")


def _presence_text(representative: Representative) -> str:
    custom = representative.custom_presence
    return custom.text if custom is not None else Presence(representative.presence).label


def _profile_text(representative: Representative) -> str:
    profile = representative.capacity_profile
    if profile is None:
        return ""
    daily = profile.reset == CapacityProfile.Reset.END_OF_DAY
    return f"{profile.name}, resets at the end of the day" if daily else profile.name


def _candidate(person: Person, demand: Demand, reasons: tuple[Reason, ...]) -> Candidate:
    row = person.representative
    return Candidate(
        id=row.pk,
        name=row.name,
        email=row.email,
        presence=row.presence,
        presence_text=_presence_text(row),
        presence_since=row.presence_since,
        free_units=person.free_units,
        total_units=row.total_units,
        exceeds_by=max(0, demand.units - person.free_units),
        exceeded_by=max(0, -person.free_units),
        skills=tuple(person.skills.values()),
        queue_ids=person.queue_ids,
        user_group_ids=person.user_group_ids,
        reasons=reasons,
        profile=_profile_text(row),
    )
