"""Timers and push routing: thin tasks over `actions.lifecycle` and `dispatch`, driven by what the rows say."""

from celery import shared_task
from django.db import connection
from django.utils import timezone

from contact_center.tenancy.access import system_actor
from contact_center.tenancy.tasks import OrganizationTask
from conversations import dispatch
from conversations.actions import disconnection, lifecycle
from conversations.alerts.tasks import judge, judge_everywhere
from conversations.alerts.threshold_tasks import judge_again
from conversations.delivery.tasks import deliver, find_due_deliveries
from conversations.monitoring.tasks import end_monitoring, find_monitoring
from conversations.sentiment.tasks import compute_sentiment, find_due_sentiment
from routing import nudge

# Celery looks for tasks in this module.
__all__ = [
    "compute_sentiment",
    "deliver",
    "end_monitoring",
    "find_due_deliveries",
    "find_due_sentiment",
    "find_monitoring",
    "judge",
    "judge_again",
    "judge_everywhere",
]

# Conversations in one transaction; more that are due follow in the next task.
BATCH = 200


@shared_task(name="conversations.find_due_timers")
def find_due_timers() -> None:
    """One task per organization that has something due, so that none waits for another."""
    with connection.cursor() as cursor:
        cursor.execute("select organizations_with_due_conversations()")
        due = [row[0] for row in cursor.fetchall()]
        cursor.execute("select organizations_with_due_representatives()")
        people = [row[0] for row in cursor.fetchall()]
    for organization_id in due:
        run_due_timers.delay(organization_id=organization_id)
    for organization_id in people:
        run_due_representatives.delay(organization_id=organization_id)


@shared_task(base=OrganizationTask, name="conversations.run_due_timers")
def run_due_timers(*, organization_id: int) -> None:
    moved = lifecycle.run_due_timers(actor=system_actor(organization_id), now=timezone.now(), limit=BATCH)
    if moved == BATCH:
        run_due_timers.delay_on_commit(organization_id=organization_id)


@shared_task(base=OrganizationTask, name="conversations.run_due_representatives")
def run_due_representatives(*, organization_id: int) -> None:
    now = timezone.now()
    moved = disconnection.run_due(actor=system_actor(organization_id), now=now, limit=BATCH)
    if moved == BATCH:
        run_due_representatives.delay_on_commit(organization_id=organization_id)


@shared_task(name="conversations.find_work_to_dispatch")
def find_work_to_dispatch() -> None:
    """The nudges' safety net: passes that begin again, queues that open, a nudge that was lost."""
    with connection.cursor() as cursor:
        cursor.execute("select organizations_with_work_to_dispatch()")
        found = [row[0] for row in cursor.fetchall()]
    for organization_id in found:
        dispatch_work.delay(organization_id=organization_id)


@shared_task(base=OrganizationTask, name=nudge.DISPATCH)
def dispatch_work(*, organization_id: int) -> None:
    nudge.taken_up(organization_id)
    if dispatch.run(actor=system_actor(organization_id), now=timezone.now()):
        dispatch_work.delay_on_commit(organization_id=organization_id)
