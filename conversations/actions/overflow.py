"""Sends work on, or ends it, where its queue is closed, full or too slow; asked when it arrives and while it waits."""

import uuid
from collections import Counter
from collections.abc import Callable, Collection
from datetime import datetime

from django.db import transaction
from django.db.models import BooleanField, Count, Exists, ExpressionWrapper, OuterRef, Q

from contact_center.tenancy.access import Actor
from conversations.actions.automatic import ends_by_overflow, moves_by_overflow
from conversations.actions.context import Context
from conversations.actions.locking import lock_conversations
from conversations.actions.step import Step
from conversations.actions.write import write
from conversations.models import Conversation, QueueSegment
from conversations.rules import Action
from conversations.states import Phase, Status
from routing.kinds import Mode
from routing.overflow import Gate, Verdict, gates

Judge = Callable[[Conversation, Gate], Verdict]

# Whoever a supervisor put into a queue is past its doors (reference.md §1.6).
BY_SUPERVISOR = (QueueSegment.Entry.ASSIGNED, QueueSegment.Entry.TRANSFER)


def admit(ids: Collection[int], *, actor: Actor, now: datetime) -> set[int]:
    """Pre-queue overflow for conversations that have just arrived, by id; those that moved or ended.

    Not for what a supervisor assigns or transfers, nor for a conversation that comes back. One query where the queues
    have neither hours nor rules.
    """
    if not ids:
        return set()
    queues = Conversation.objects.filter(pk__in=ids, status=Status.OPEN).values("queue_id")
    found = gates(now, queues)
    if not found:
        return set()
    waiting = _waiting(found, ids)

    def judge(row: Conversation, gate: Gate) -> Verdict:
        verdict = gate.at_entry(kind=row.kind, mode=row.mode, waiting=waiting[row.queue_id])
        waiting[row.queue_id] += verdict.stays
        return verdict

    return _apply(ids, found, judge, actor, now)


def sweep(found: dict[int, Gate], *, actor: Actor, now: datetime, limit: int) -> set[int]:
    """In-queue overflow: what waited too long, whoever put it there, live chats whose queue has closed since, and what
    a supervisor who closed or diverted the queue sends elsewhere."""
    moving = [pk for pk, gate in found.items() if gate.waiting_moves_to is not None]
    slow = [pk for pk, gate in found.items() if gate.late_since is not None]
    shut = [pk for pk, gate in found.items() if gate.ends_live_chats]
    if not slow and not shut and not moving:
        return set()
    waiting = Conversation.objects.filter(status=Status.OPEN).order_by("queued_at", "pk")
    let_in = Exists(QueueSegment.objects.filter(conversation_id=OuterRef("pk"), left_at=None, entry__in=BY_SUPERVISOR))
    ended_by_hours = Q(mode=Mode.LIVE_CHAT) & _after_closing(shut, found) & ~Q(let_in)
    concerned = waiting.annotate(ended_by_hours=ExpressionWrapper(ended_by_hours, BooleanField()))
    moved_along = _before_moving(moving, found)
    concerned = concerned.annotate(moved_along=ExpressionWrapper(moved_along, BooleanField()))
    concerned = concerned.filter(Q(ended_by_hours=True) | Q(moved_along=True) | _late(slow, found))
    rows = list(concerned.values_list("pk", "ended_by_hours", "moved_along")[:limit])
    outside, along = {pk: ended for pk, ended, _ in rows}, {pk for pk, _, moved in rows if moved}

    def judge(row: Conversation, gate: Gate) -> Verdict:
        if row.pk in along:
            return gate.moved_along()
        if outside[row.pk]:
            return gate.while_closed(kind=row.kind, mode=row.mode)
        return gate.after_wait(kind=row.kind, queued_at=row.queued_at)

    return _apply(outside, found, judge, actor, now)


def held_back(found: dict[int, Gate]) -> Q:
    """What isn't offered now: what came into a queue that is closed."""
    return _after_closing([pk for pk, gate in found.items() if not gate.is_open], found)


def _after_closing(shut: list[int], found: dict[int, Gate]) -> Q:
    """What is in a closed queue, without those whom the closing left in line."""
    after = Q(pk__in=[])
    for pk in shut:
        before = found[pk].drains_since
        after |= Q(queue_id=pk) if before is None else Q(queue_id=pk, queued_at__gte=before)
    return after


def _before_moving(moving: list[int], found: dict[int, Gate]) -> Q:
    before = Q(pk__in=[])
    for pk in moving:
        before |= Q(queue_id=pk, queued_at__lt=found[pk].queue.waiting_moves_before)
    return before


def _late(slow: list[int], found: dict[int, Gate]) -> Q:
    late = Q(pk__in=[])
    for pk in slow:
        late |= Q(queue_id=pk, queued_at__lte=found[pk].late_since)
    return late


def _waiting(found: Collection[int], arriving: Collection[int]) -> Counter[int]:
    others = Conversation.objects.filter(queue_id__in=found, status=Status.OPEN).exclude(pk__in=arriving)
    return Counter(dict(others.values_list("queue_id").annotate(n=Count("pk"))))


def _apply(ids: Collection[int], found: dict[int, Gate], judge: Judge, actor: Actor, now: datetime) -> set[int]:
    """Judge the conversations that are still Open, under their locks; what somebody else holds is left alone."""
    with transaction.atomic():
        context = Context(actor, Action.ASSIGN_TO_QUEUE, now, uuid.uuid4(), {})
        steps = []
        for row in lock_conversations(ids, actor, skip_locked=True):
            gate = found.get(row.queue_id)
            if gate is not None and row.phase is Phase.OPEN and (step := _step(row, judge(row, gate), context)):
                steps.append(step)
        write(steps, actor=actor, now=now, operation_id=context.operation_id)
    return {step.conversation.pk for step in steps}


def _step(row: Conversation, verdict: Verdict, context: Context) -> Step | None:
    if verdict.queue_id is not None:
        return moves_by_overflow(row, verdict.queue_id, context)
    return ends_by_overflow(row, verdict.told, context) if verdict.told else None
