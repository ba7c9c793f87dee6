"""Looks at figures and stuck work on the beat, one task for each organization."""

from celery import shared_task
from django.utils import timezone

from contact_center.tenancy.models import Organization
from contact_center.tenancy.tasks import OrganizationTask
from conversations.alerts import judging


@shared_task(name="conversations.judge_everywhere")
def judge_everywhere() -> None:
    """One task for each organization, so that none waits for another."""
    for organization_id in Organization.objects.filter(is_active=True).values_list("pk", flat=True):
        judge.delay(organization_id=organization_id)


@shared_task(base=OrganizationTask, name="conversations.judge")
def judge(*, organization_id: int) -> None:
    judging.judge(timezone.now())
