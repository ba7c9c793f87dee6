"""Counting on the beat: thin tasks over samples and roll-ups, one for each organization."""

from celery import shared_task
from django.utils import timezone

from analytics import rollups, samples
from contact_center.tenancy.models import Organization
from contact_center.tenancy.tasks import OrganizationTask


@shared_task(name="analytics.count_everywhere")
def count_everywhere() -> None:
    """One task for each organization, so that none waits for another."""
    for organization_id in Organization.objects.filter(is_active=True).values_list("pk", flat=True):
        count.delay(organization_id=organization_id)


@shared_task(base=OrganizationTask, name="analytics.count")
def count(*, organization_id: int) -> None:
    """The minute's sample, and what was over since the high-water mark; more of it follows in the next task."""
    now = timezone.now()
    samples.take(now)
    if rollups.fill(now):
        count.delay_on_commit(organization_id=organization_id)
