"""The delivery worker: claim in a transaction, send outside it, store the answers in another."""

import time
from functools import partial

from celery import shared_task
from django.db import connection, transaction
from django.utils import timezone

from contact_center.tenancy.scope import organization_scope
from contact_center.tenancy.tasks import OrganizationTask
from conversations.delivery import claims
from conversations.delivery.parcels import Parcel
from conversations.delivery.sending import send


@shared_task(name="conversations.find_due_deliveries")
def find_due_deliveries() -> None:
    """One task per organization, so that a slow address of one keeps no other waiting."""
    with connection.cursor() as cursor:
        cursor.execute("select organizations_with_due_outbox()")
        due = [row[0] for row in cursor.fetchall()]
    for organization_id in due:
        deliver.delay(organization_id=organization_id)


@shared_task(base=OrganizationTask, name="conversations.deliver")
def deliver(*, organization_id: int) -> None:
    """The lease commits with this task's transaction; what is leased is sent right after the commit."""
    now = timezone.now()
    claims.settle_unaddressed(now)
    if parcels := claims.claim(now):
        transaction.on_commit(partial(_send_all, organization_id, parcels))


def _send_all(organization_id: int, parcels: list[Parcel]) -> None:
    """One after another while the lease holds; what is left over is given back, and its attempt isn't counted."""
    until = time.monotonic() + claims.SENDING_SECONDS
    sent = 0
    for parcel in parcels:
        if time.monotonic() > until:
            break
        answer = send(parcel)
        sent += 1
        with organization_scope(organization_id):
            claims.store([answer], timezone.now())
    if left := parcels[sent:]:
        with organization_scope(organization_id):
            claims.give_back([parcel.entry_id for parcel in left], timezone.now())
    elif len(parcels) == claims.BATCH:
        deliver.delay(organization_id=organization_id)
