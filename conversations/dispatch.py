"""Push routing of one organization: Open conversations are offered to the best eligible member, many at a time.

Planned without a lock on what was read (`offer_plan.py`); then the chosen conversations are locked (those
that somebody else works on are left for the next time) and the units reserved by one conditional statement. Whatever
turns out to have changed meanwhile isn't offered, and is planned anew.
"""

import uuid
from datetime import datetime, timedelta

from django.db import transaction

from contact_center.tenancy.access import Actor
from conversations.actions import overflow
from conversations.actions.context import Context
from conversations.actions.locking import lock_conversations
from conversations.actions.supervisor import offer_to
from conversations.actions.write import write
from conversations.models import Conversation
from conversations.offer_plan import Plan, plan_offers
from conversations.rules import Action
from conversations.states import OfferKind, Status
from routing import capacity
from routing.eligibility import Person
from routing.overflow import gates
from routing.presence import presence_changed

# Offers made, and conversations moved by overflow, in one transaction.
AT_ONCE = 200
PAUSE_BETWEEN_PASSES = timedelta(seconds=60)


def run(*, actor: Actor, now: datetime) -> bool:
    """Move what overflows, offer what can be offered; True when there may be more to do at once."""
    found = gates(now)
    overflowed = overflow.sweep(found, actor=actor, now=now, limit=AT_ONCE)
    plan = plan_offers(now, held=overflow.held_back(found), most=AT_ONCE)
    _rest(plan.rested, until=now + PAUSE_BETWEEN_PASSES)
    made, overtaken = _offer(plan, actor, now)
    return overtaken or made == AT_ONCE or len(overflowed) == AT_ONCE


def _rest(ids: list[int], *, until: datetime) -> None:
    """The pass of these has ended. Who has locked rows already waits for none: one that is busy rests next time."""
    if ids:
        rows = Conversation.objects.filter(pk__in=ids, status=Status.OPEN)
        free = list(rows.select_for_update(skip_locked=True).values_list("pk", flat=True))
        Conversation.objects.filter(pk__in=free).update(next_pass_at=until)


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
