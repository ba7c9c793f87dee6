"""Judges all conversations of an organization by its changed threshold, in the worker, a batch in each transaction."""

from typing import Any

from celery import shared_task
from django.db.models.signals import post_save
from django.dispatch import receiver
from django.utils import timezone

from contact_center.tenancy.models import OrganizationSettings
from contact_center.tenancy.tasks import OrganizationTask
from conversations.alerts.threshold import judge_next

FIELD = "sentiment_alert_threshold"


@receiver(post_save, sender=OrganizationSettings)
def threshold_changed(*, instance: OrganizationSettings, update_fields: Any = None, **_: Any) -> None:
    if FIELD in (update_fields or ()):
        judge_again.delay_on_commit(organization_id=instance.organization_id)


@shared_task(base=OrganizationTask, name="conversations.judge_again")
def judge_again(*, organization_id: int, after: int = 0) -> None:
    last = judge_next(after, now=timezone.now())
    if last is not None:
        judge_again.delay_on_commit(organization_id=organization_id, after=last)
