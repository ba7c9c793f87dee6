"""Computes sentiment in the worker, soon after customers wrote."""

from celery import shared_task
from django.db import connection
from django.utils import timezone

from contact_center.tenancy.tasks import OrganizationTask
from conversations.sentiment.computing import compute_due

# Due rows in one transaction; more follow in the next task.
BATCH = 200


@shared_task(name="conversations.find_due_sentiment")
def find_due_sentiment() -> None:
    """One task per organization whose customers wrote."""
    with connection.cursor() as cursor:
        cursor.execute("select organizations_with_due_sentiment()")
        found = [row[0] for row in cursor.fetchall()]
    for organization_id in found:
        compute_sentiment.delay(organization_id=organization_id)


@shared_task(base=OrganizationTask, name="conversations.compute_sentiment")
def compute_sentiment(*, organization_id: int) -> None:
    if compute_due(now=timezone.now(), limit=BATCH) == BATCH:
        compute_sentiment.delay_on_commit(organization_id=organization_id)
