"""Whom push routing would offer which Open conversation to: read and judged in lots; nothing is locked or written."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from django.db.models import BooleanField, Count, Exists, ExpressionWrapper, F, Max, OuterRef, Q, Value

from conversations.candidates import demand_of, required_skills
from conversations.models import Conversation, ConversationSkill, Offer, Session
from conversations.states import DECLINED, MOST_DECLINES, SessionClosure, Status
from routing.eligibility import Demand, Person, Pool
from routing.kinds import Presence
from routing.models import QueueMember, Representative, WorkStream
from routing.selection import best

# Conversations looked at in one lot, and lots in one run: of work that nobody can take, however much there is, only
# what stands for it is read, so that a run reaches what is behind.
LOOKED_AT = 1_000
LOTS = 8
# Kinds of such work that a lot leaves out by what they ask for; beyond these, what was read is left out one by one.
MOST_LACKS = 50
# What the plan reads of them; whole rows would be half of its time.
READ = (
    "organization_id",
    "queue_id",
    "work_stream_id",
    "previous_id",
    "version",
    "queued_at",
    "next_pass_at",
    "work_stream__units_per_conversation",
    "work_stream__allowed_presences",
    "work_stream__keep_same_representative",
    "intent__group_id",
)
DECLINES_OF_ONE = 3
NOBODY_THERE = frozenset({Presence.OFFLINE, Presence.INACTIVE})


@dataclass(slots=True)
class Plan:
    """Conversation id → whom to offer it to; and the conversations whose pass has ended."""

    offers: dict[int, Person] = field(default_factory=dict)
    versions: dict[int, int] = field(default_factory=dict)
    rested: list[int] = field(default_factory=list)


def offerable(now: datetime) -> Q:
    """What push routing may offer; hours of queues apart."""
    return Q(
        status=Status.OPEN, work_stream__distribution=WorkStream.Distribution.PUSH, decline_count__lt=MOST_DECLINES
    ) & (Q(next_pass_at=None) | Q(next_pass_at__lte=now))


def plan_offers(now: datetime, *, held: Q, most: int) -> Plan:
    """In the order of queue priority, priority and age; a fixed number of queries for each lot."""
    rows = _lot(now, held)
    if not rows:
        return Plan()
    is_full = len(rows) == LOOKED_AT
    planner = _Planner(Pool.load(queue_ids=None if is_full else {row.queue_id for row in rows}), most)
    planner.add(rows)
    for _ in range(LOTS - 1):
        if len(rows) < LOOKED_AT or planner.is_done:
            break
        planner.note_lacks(rows)
        rows = _lot(now, held, beyond=planner)
        planner.add(rows)
    return planner.plan


def _lot(now: datetime, held: Q, beyond: "_Planner | None" = None) -> list[Conversation]:
    rows = Conversation.objects.filter(offerable(now)).exclude(held)
    if beyond is not None:
        rows = rows.exclude(pk__in=beyond.seen)
        for lack in beyond.lacks:
            rows = rows.exclude(lack.condition())
    return list(
        rows.select_related("work_stream", "intent")
        .only(*READ)
        .alias(served=_somebody_has_room())
        .order_by("-served", F("queue__priority").asc(nulls_last=True), "-priority", "queued_at", "pk")[:LOOKED_AT]
    )


def _somebody_has_room() -> ExpressionWrapper:
    """Over conversations: somebody is there in their queue with units left. A queue that nobody serves now would keep
    the others out of the first lot otherwise, however full they are."""
    there = QueueMember.objects.filter(
        representative__is_active=True,
        representative__type=Representative.Type.PERSON,
        representative__units_used__lt=F("representative__total_units"),
    ).exclude(representative__presence__in=NOBODY_THERE)
    return ExpressionWrapper(Q(queue_id__in=there.values("queue_id")), BooleanField())


@dataclass(frozen=True, slots=True)
class Lack:
    """What nobody can take now, nor anything that asks for more: of a queue and work stream, and further of an intent
    group, and of skills with their least proficiencies."""

    queue_id: int
    work_stream_id: int
    intent_group_id: int | None
    skills: tuple[tuple[int, int], ...]

    def condition(self) -> Q:
        """Over conversations."""
        asks = Q(queue_id=self.queue_id, work_stream_id=self.work_stream_id)
        if self.intent_group_id is not None:
            asks &= Q(intent__group_id=self.intent_group_id)
        required = ConversationSkill.objects.filter(conversation_id=OuterRef("pk"))
        for skill_id, proficiency in self.skills:
            asks &= Q(Exists(required.filter(skill_id=skill_id, proficiency__gte=proficiency)))
        return asks


@dataclass(slots=True)
class History:
    """One conversation's offers to one representative in this stay in the queue: declines, and the last offer."""

    declines: int
    last: datetime


@dataclass(frozen=True, slots=True)
class _Takers:
    """Members of the queue who may be offered what a demand asks for, whatever their units; and those kept from it by
    their presence alone, who get it all the same where they held it before (reference.md §1.5)."""

    eligible: tuple[Person, ...]
    only_if_former: tuple[Person, ...]


class _Planner:
    """Gives out the pool's free units, conversation by conversation, in the order in which they are added."""

    def __init__(self, pool: Pool, most: int) -> None:
        self.pool, self.most = pool, most
        self.plan = Plan()
        self.seen: list[int] = []
        self.lacks: list[Lack] = []
        self._takers_of: dict[Demand, _Takers] = {}
        self._demands: dict[int, Demand] = {}

    @property
    def is_done(self) -> bool:
        """Nothing more can be offered in this run."""
        return len(self.plan.offers) == self.most or all(person.free_units <= 0 for person in self.pool.people)

    def add(self, rows: Sequence[Conversation]) -> None:
        ids = [row.pk for row in rows]
        self.seen += ids
        skills, history, formers = required_skills(ids), _history(ids), _former_representatives(rows)
        for row in rows:
            demand = demand_of(row, skills.get(row.pk, ()), queue_id=row.queue_id)
            self._demands[row.pk] = demand
            self._add(row, demand, history.get(row.pk, {}), formers.get(row.pk))
            if len(self.plan.offers) == self.most:
                return

    def _add(self, row: Conversation, demand: Demand, offered: Mapping[int, History], former: int | None) -> None:
        started = max(row.queued_at, row.next_pass_at or row.queued_at)
        had_it = {pk for pk, one in offered.items() if one.last >= started}
        # Who has declined it three times is skipped from then on.
        tired = {pk for pk, one in offered.items() if one.declines >= DECLINES_OF_ONE}
        takers = self._takers(demand)
        kept = [person for person in takers.only_if_former if person.pk == former]
        left = [person for person in (*takers.eligible, *kept) if person.pk not in had_it and person.pk not in tired]
        # Whether the pass has ended is asked of everybody, with room or without.
        if not left and had_it:
            self.plan.rested.append(row.pk)
        elif person := _choose(former, [person for person in left if person.free_units >= demand.units]):
            person.free_units -= demand.units
            self.plan.offers[row.pk], self.plan.versions[row.pk] = person, row.version

    def _takers(self, demand: Demand) -> _Takers:
        """Many conversations ask for the same."""
        if demand not in self._takers_of:
            eligible, only_if_former = [], []
            for person in self.pool.members(demand.queue_id):
                against = {reason.code for reason in self.pool.reasons_against(person, demand)}
                if not against:
                    eligible.append(person)
                elif against == {"presence"} and person.representative.presence not in NOBODY_THERE:
                    only_if_former.append(person)
            self._takers_of[demand] = _Takers(tuple(eligible), tuple(only_if_former))
        return self._takers_of[demand]

    def note_lacks(self, rows: Iterable[Conversation]) -> None:
        """What the rows show that nobody can take any more in this run; units only become fewer while it lasts."""
        looked_at = set()
        for row in rows:
            demand = self._demands.get(row.pk)
            if len(self.lacks) >= MOST_LACKS or demand is None or (row.work_stream_id, demand) in looked_at:
                continue
            looked_at.add((row.work_stream_id, demand))
            if self._is_beyond_everybody(row, demand):
                lack = self._lack(row, demand)
                if lack not in self.lacks:
                    self.lacks.append(lack)

    def _lack(self, row: Conversation, demand: Demand) -> Lack:
        """As little as is too much already: the queue and work stream alone, an intent, one skill, or all of it."""
        plain = replace(demand, skills=(), intent_group_id=None)
        reduced = [plain, replace(demand, skills=())]
        reduced += [replace(plain, skills=(skill,)) for skill in demand.skills]
        least = next((one for one in reduced if self._is_beyond_everybody(row, one)), demand)
        skills = tuple((skill.id, skill.proficiency) for skill in least.skills)
        return Lack(row.queue_id, row.work_stream_id, least.intent_group_id, skills)

    def _is_beyond_everybody(self, row: Conversation, demand: Demand) -> bool:
        takers = self._takers(demand)
        former = takers.only_if_former if row.work_stream.keep_same_representative else ()
        return not any(person.free_units >= demand.units for person in (*takers.eligible, *former))


def _choose(former: int | None, takers: list[Person]) -> Person | None:
    return best([person for person in takers if person.pk == former] or takers)


def _history(ids: list[int]) -> dict[int, dict[int, History]]:
    """One query. Whoever was relieved of a conversation is asked again only after everybody else: free as they are now,
    they would get it back."""
    found: dict[int, dict[int, History]] = defaultdict(dict)
    # A stay in a queue of its own begins from the beginning (docs/decisions/0016).
    here = Q(outcome__in=DECLINED, offered_at__gte=F("conversation__queued_at"))
    counted = (
        Offer.objects.filter(conversation_id__in=ids)
        .values_list("conversation_id", "representative_id")
        .annotate(declines=Count("pk", filter=here), last=Max("offered_at"))
    )
    relieved = Session.objects.filter(
        conversation_id__in=ids, closure=SessionClosure.RELEASED, closed_at__gte=F("conversation__queued_at")
    ).values_list("conversation_id", "representative_id", Value(0), "closed_at")
    for conversation_id, person_id, declines, last in counted.union(relieved, all=True):
        before = found[conversation_id].get(person_id, History(0, last))
        found[conversation_id][person_id] = History(before.declines + declines, max(before.last, last))
    return found


def _former_representatives(rows: Sequence[Conversation]) -> dict[int, int]:
    """Who held it last, itself or the closed one it continues, where the work stream keeps the same representative."""
    keeping = [row for row in rows if row.work_stream.keep_same_representative]
    if not keeping:
        return {}
    earlier = {row.pk for row in keeping} | {row.previous_id for row in keeping if row.previous_id}
    sessions = Session.objects.filter(
        conversation_id__in=earlier,
        accepted_at__isnull=False,
        representative__type=Representative.Type.PERSON,
        # Whoever gave it back, or was relieved of it, isn't the first to be asked again.
    ).exclude(closure=SessionClosure.RELEASED)
    last = dict(
        sessions.order_by("conversation_id", "-accepted_at", "-pk")
        .distinct("conversation_id")
        .values_list("conversation_id", "representative_id")
    )
    found = {row.pk: last.get(row.pk) or last.get(row.previous_id or 0) for row in keeping}
    return {pk: person_id for pk, person_id in found.items() if person_id}
