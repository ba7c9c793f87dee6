"""The delivery worker: claim in a transaction, send outside it, store the answers in another."""

import time
from functools import partial

from celery import shared_task
from django.db import connection, transaction
from django.utils import timezone

from contact_center.tenancy.scope import organization_scope
from contact_center.tenancy.tasks import OrganizationTask
from conversations.delivery import claims, silence, turns
from conversations.delivery.parcels import Parcel
from conversations.delivery.sending import send
from conversations.delivery.turns import Turn

# One that waited longer than this for a thread is pointless: the next look asks again.
EXPIRES_SECONDS = 10


@shared_task(name="conversations.find_due_deliveries")
def find_due_deliveries() -> None:
    """One task per organization, so that a slow address of one keeps no other waiting."""
    with connection.cursor() as cursor:
        cursor.execute("select organizations_with_due_outbox()")
        due = [row[0] for row in cursor.fetchall()]
    for organization_id in turns.without_one(due):
        _ask(organization_id)


@shared_task(base=OrganizationTask, name="conversations.deliver")
def deliver(*, organization_id: int) -> None:
    """The lease commits with this task's transaction; what is leased is sent right after the commit."""
    turn = turns.take(organization_id)
    if turn is None:
        return
    try:
        now = timezone.now()
        claims.settle_unaddressed(now)
        parcels = claims.claim(now)
    except BaseException:
        turn.give_back()
        raise
    if parcels:
        transaction.on_commit(partial(_send_all, organization_id, parcels, turn))
    else:
        turn.give_back()


def _send_all(organization_id: int, parcels: list[Parcel], turn: Turn) -> None:
    try:
        more = _send_while_the_lease_holds(organization_id, parcels, turn)
    finally:
        turn.give_back()
    if more:
        _ask(organization_id)


def _send_while_the_lease_holds(organization_id: int, parcels: list[Parcel], turn: Turn) -> bool:
    """One after another; what is left over is given back, and its attempt isn't counted. Whether more may be due."""
    until = time.monotonic() + claims.SENDING_SECONDS
    sent = 0
    for parcel in parcels:
        if time.monotonic() > until or not turn.keep():
            break
        answer = silence.answer_for(organization_id, parcel) or send(parcel)
        silence.learn(organization_id, parcel, answer)
        sent += 1
        with organization_scope(organization_id):
            claims.store([answer], timezone.now())
    if left := parcels[sent:]:
        with organization_scope(organization_id):
            claims.give_back(left, timezone.now())
    return bool(left) or len(parcels) == claims.BATCH


def _ask(organization_id: int) -> None:
    deliver.apply_async(kwargs={"organization_id": organization_id}, expires=EXPIRES_SECONDS)
