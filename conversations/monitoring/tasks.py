"""The beat of the ledger: thin tasks over `ending`."""

from celery import shared_task
from django.db import connection
from django.utils import timezone

from contact_center.tenancy.tasks import OrganizationTask
from conversations.monitoring.ending import end_what_is_over


@shared_task(name="conversations.find_monitoring")
def find_monitoring() -> None:
    with connection.cursor() as cursor:
        cursor.execute("select organizations_with_monitoring()")
        found = [row[0] for row in cursor.fetchall()]
    for organization_id in found:
        end_monitoring.delay(organization_id=organization_id)


@shared_task(base=OrganizationTask, name="conversations.end_monitoring")
def end_monitoring(*, organization_id: int) -> None:
    end_what_is_over(organization_id=organization_id, now=timezone.now())
