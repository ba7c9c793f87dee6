"""Push routing of one organization: Open conversations are offered to the best eligible member, many at a time.

Planned without a lock on what was read in a fixed number of queries; then the chosen conversations are locked (those
that somebody else works on are left for the next time) and the units reserved by one conditional statement. Whatever
turns out to have changed meanwhile isn't offered, and is planned anew.
"""

import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import BooleanField, Count, ExpressionWrapper, F, Max, Q

from contact_center.tenancy.access import Actor
from conversations.actions import overflow
from conversations.actions.context import Context
from conversations.actions.locking import lock_conversations
from conversations.actions.supervisor import offer_to
from conversations.actions.write import write
from conversations.candidates import demand_of, required_skills
from conversations.models import Conversation, Offer, Session
from conversations.rules import Action
from conversations.states import DECLINED, MOST_DECLINES, OfferKind, Status
from routing import capacity
from routing.eligibility import Demand, Person, Pool
from routing.kinds import Presence
from routing.models import QueueMember, Representative, WorkStream
from routing.overflow import gates
from routing.presence import presence_changed
from routing.selection import best

# Conversations looked at in one run; those further back wait for their betters to be offered.
LOOKED_AT = 1_000
# What the plan reads of them; whole rows would be half of its time.
READ = (
    "organization_id",
    "queue_id",
    "previous_id",
    "version",
    "queued_at",
    "next_pass_at",
    "work_stream__units_per_conversation",
    "work_stream__allowed_presences",
    "work_stream__keep_same_representative",
    "intent__group_id",
)
# Offers made, and conversations moved by overflow, in one transaction.
AT_ONCE = 200
PAUSE_BETWEEN_PASSES = timedelta(seconds=60)
DECLINES_OF_ONE = 3
NOBODY_THERE = frozenset({Presence.OFFLINE, Presence.INACTIVE})


@dataclass(slots=True)
class History:
    """One conversation's offers to one representative: declines in all, and the last offer."""

    declines: int
    last: datetime


@dataclass(slots=True)
class Plan:
    """Conversation id → whom to offer it to; and the conversations whose pass has ended."""

    offers: dict[int, Person] = field(default_factory=dict)
    versions: dict[int, int] = field(default_factory=dict)
    rested: list[int] = field(default_factory=list)


def run(*, actor: Actor, now: datetime) -> bool:
    """Move what overflows, offer what can be offered; True when there may be more to do at once."""
    found = gates(now)
    overflowed = overflow.sweep(found, actor=actor, now=now, limit=AT_ONCE)
    plan = _plan(now, closed=[pk for pk, gate in found.items() if not gate.is_open])
    _rest(plan.rested, until=now + PAUSE_BETWEEN_PASSES)
    made, overtaken = _offer(plan, actor, now)
    return overtaken or made == AT_ONCE or len(overflowed) == AT_ONCE


def _rest(ids: list[int], *, until: datetime) -> None:
    """The pass of these has ended. Who has locked rows already waits for none: one that is busy rests next time."""
    if ids:
        rows = Conversation.objects.filter(pk__in=ids, status=Status.OPEN)
        free = list(rows.select_for_update(skip_locked=True).values_list("pk", flat=True))
        Conversation.objects.filter(pk__in=free).update(next_pass_at=until)


def offerable(now: datetime) -> Q:
    """What push routing may offer; hours of queues apart."""
    return Q(
        status=Status.OPEN, work_stream__distribution=WorkStream.Distribution.PUSH, decline_count__lt=MOST_DECLINES
    ) & (Q(next_pass_at=None) | Q(next_pass_at__lte=now))


def _plan(now: datetime, *, closed: Iterable[int]) -> Plan:
    rows = list(
        Conversation.objects.filter(offerable(now))
        .exclude(queue_id__in=closed)
        .select_related("work_stream", "intent")
        .only(*READ)
        .alias(served=_somebody_has_room())
        .order_by("-served", F("queue__priority").asc(nulls_last=True), "-priority", "queued_at", "pk")[:LOOKED_AT]
    )
    if not rows:
        return Plan()
    pool = Pool.load(queue_ids={row.queue_id for row in rows})
    return _Planner(rows, pool).plan()


def _somebody_has_room() -> ExpressionWrapper:
    """Over conversations: somebody is there in their queue with units left. A queue that nobody serves now would keep
    the others out of the run otherwise, however full they are."""
    there = QueueMember.objects.filter(
        representative__is_active=True,
        representative__type=Representative.Type.PERSON,
        representative__units_used__lt=F("representative__total_units"),
    ).exclude(representative__presence__in=NOBODY_THERE)
    return ExpressionWrapper(Q(queue_id__in=there.values("queue_id")), BooleanField())


class _Planner:
    """Gives out the pool's free units, conversation by conversation, in the order of the rows."""

    def __init__(self, rows: Sequence[Conversation], pool: Pool) -> None:
        self.rows, self.pool = rows, pool
        ids = [row.pk for row in rows]
        self.skills = required_skills(ids)
        self.history = _history(ids)
        self.former = _former_representatives(rows)

    def plan(self) -> Plan:
        plan = Plan()
        for row in self.rows:
            demand = demand_of(row, self.skills.get(row.pk, ()), queue_id=row.queue_id)
            offered = self.history.get(row.pk, {})
            started = max(row.queued_at, row.next_pass_at or row.queued_at)
            had_it = {pk for pk, one in offered.items() if one.last >= started}
            members = self.pool.members(row.queue_id)
            with_room = [person for person in members if person.free_units >= demand.units]
            # Whether the pass has ended is asked of everybody; else those with room are all that matters.
            left = [
                person
                for person in (members if had_it else with_room)
                if person.pk not in had_it and self._is_eligible(row, person, demand, offered.get(person.pk))
            ]
            if not left and had_it:
                plan.rested.append(row.pk)
            elif person := self._choose(row, [person for person in left if person.free_units >= demand.units]):
                person.free_units -= demand.units
                plan.offers[row.pk], plan.versions[row.pk] = person, row.version
                if len(plan.offers) == AT_ONCE:
                    break
        return plan

    def _is_eligible(self, row: Conversation, person: Person, demand: Demand, history: History | None) -> bool:
        """Whoever has declined it three times is skipped from then on.

        Who held it before gets it again in any presence in which somebody is there (reference.md §1.5).
        """
        if history is not None and history.declines >= DECLINES_OF_ONE:
            return False
        against = {reason.code for reason in self.pool.reasons_against(person, demand)}
        if person.pk == self.former.get(row.pk) and person.representative.presence not in NOBODY_THERE:
            against.discard("presence")
        return not against

    def _choose(self, row: Conversation, takers: list[Person]) -> Person | None:
        former = self.former.get(row.pk)
        return best([person for person in takers if person.pk == former] or takers)


def _history(ids: list[int]) -> dict[int, dict[int, History]]:
    found: dict[int, dict[int, History]] = defaultdict(dict)
    offers = Offer.objects.filter(conversation_id__in=ids).values_list("conversation_id", "representative_id")
    counted = offers.annotate(declines=Count("pk", filter=Q(outcome__in=DECLINED)), last=Max("offered_at"))
    for conversation_id, person_id, declines, last in counted:
        found[conversation_id][person_id] = History(declines, last)
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
    )
    last = dict(
        sessions.order_by("conversation_id", "-accepted_at", "-pk")
        .distinct("conversation_id")
        .values_list("conversation_id", "representative_id")
    )
    found = {row.pk: last.get(row.pk) or last.get(row.previous_id or 0) for row in keeping}
    return {pk: person_id for pk, person_id in found.items() if person_id}


def _offer(plan: Plan, actor: Actor, now: datetime) -> tuple[int, bool]:
    """How many offers were made, and whether somebody else took the units of one of them."""
    if not plan.offers:
        return 0, False
    with transaction.atomic():
        rows = [
            row
            for row in lock_conversations(plan.offers, actor, skip_locked=True)
            if row.version == plan.versions[row.pk]
        ]
        booked = _reserve([(row, plan.offers[row.pk]) for row in rows], now)
        presence_changed(booked.presence_changed, actor.organization_id)
        context = Context(actor, Action.ASSIGN_TO_REPRESENTATIVE, now, uuid.uuid4(), {})
        steps = [
            offer_to(row, plan.offers[row.pk].representative, context, kind=OfferKind.ROUTING, override=False)
            for row in rows
            if plan.offers[row.pk].pk in booked.representatives
        ]
        write(steps, actor=actor, now=now, operation_id=context.operation_id)
    return len(steps), len(steps) < len(rows)


def _reserve(chosen: list[tuple[Conversation, Person]], now: datetime) -> capacity.Moved:
    wanted: dict[int, capacity.Wanted] = {}
    for row, person in chosen:
        before = wanted[person.pk].units if person.pk in wanted else 0
        units = before + row.work_stream.units_per_conversation
        wanted[person.pk] = capacity.Wanted(units, person.representative.presence)
    return capacity.reserve(wanted, now=now)
