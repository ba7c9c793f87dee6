"""Offers taken back: routing's own give way to who takes the conversation up in fact, a supervisor's to a cancel."""

import uuid
from collections.abc import Iterable
from datetime import datetime

from contact_center.audit.actions import AuditAction
from contact_center.tenancy.access import Actor
from conversations.actions.context import Context, load_offers
from conversations.actions.effects import becomes, leaves_session, withdraw_offer
from conversations.actions.locking import lock_conversations
from conversations.actions.step import Step
from conversations.actions.write import write
from conversations.models import Conversation, Offer, Session
from conversations.rules import Action
from conversations.states import OfferKind, OfferOutcome, Phase, SessionClosure, Status, StatusReason


def withdraw_routing_offers(ids: Iterable[int], *, actor: Actor, now: datetime) -> None:
    """Those awaiting the answer to an offer of routing's are Open again; it counts as nobody's decline.

    A supervisor's choice stands. Call inside a transaction.
    """
    rows = lock_conversations(ids, actor)
    context = Context(actor, Action.PICK, now, uuid.uuid4(), {})
    load_offers(context, [row.pk for row in rows])
    steps = [_withdrawn(row, context) for row in rows if _is_offered_by_routing(row, context)]
    write(steps, actor=actor, now=now, operation_id=context.operation_id)


def lock_offered(operation_id: uuid.UUID, *, actor: Actor) -> list[Conversation]:
    """The conversations whose pending offer belongs to the operation, locked. Call inside a transaction."""
    offers = Offer.objects.filter(operation_id=operation_id, outcome=OfferOutcome.PENDING)
    return lock_conversations(offers.values_list("conversation_id", flat=True), actor)


def withdraw_offers_of(operation_id: uuid.UUID, rows: list[Conversation], *, actor: Actor, now: datetime) -> None:
    """Take back what the operation offered: `rows` are from `lock_offered`. Whoever was awaited for: Open again."""
    context = Context(actor, Action.PICK, now, operation_id, {})
    load_offers(context, [row.pk for row in rows])
    context.offers = {pk: offer for pk, offer in context.offers.items() if offer.operation_id == operation_id}
    steps = [_taken_back(row, context) for row in rows if row.pk in context.offers]
    write(steps, actor=actor, now=now, operation_id=operation_id)


def _taken_back(row: Conversation, context: Context) -> Step:
    if row.phase is Phase.AWAITING:
        return _withdrawn(row, context)
    offer = context.offers[row.pk]
    step = Step(row, AuditAction.OFFER_WITHDRAWN, audit_extra={"offered_to": offer.representative_id})
    withdraw_offer(step, offer)
    return step


def _is_offered_by_routing(row: Conversation, context: Context) -> bool:
    offer = context.offers.get(row.pk)
    return row.phase is Phase.AWAITING and offer is not None and offer.kind == OfferKind.ROUTING


def _withdrawn(row: Conversation, context: Context) -> Step:
    offer = context.offers[row.pk]
    step = Step(row, AuditAction.OFFER_WITHDRAWN, audit_extra={"offered_to": offer.representative_id})
    withdraw_offer(step, offer)
    becomes(step, Status.OPEN, StatusReason.AWAITING_ASSIGNMENT, context.now)
    step.fields["representative_id"] = None
    step.free_units()
    step.primary_leaves = SessionClosure.WITHDRAWN
    leaves_session(step, SessionClosure.WITHDRAWN)
    step.open_session = Session(conversation_id=row.pk, queue_id=row.queue_id, opened_at=context.now)
    return step
