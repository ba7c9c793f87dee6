"""The Celery application, and the only place with the schedule of repeated tasks."""

import os
from typing import Any

from celery import Celery
from celery.signals import setup_logging
from django_structlog.celery.steps import DjangoStructLogInitStep

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "contact_center.settings")

app = Celery("contact_center")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.steps["worker"].add(DjangoStructLogInitStep)

# name -> {"task": …, "schedule": seconds or crontab(…), "kwargs": {…}}
SCHEDULE: dict[str, dict[str, Any]] = {
    "timers of conversations": {"task": "conversations.find_due_timers", "schedule": 5.0},
    "deliveries": {"task": "conversations.find_due_deliveries", "schedule": 2.0},
    "sentiment": {"task": "conversations.find_due_sentiment", "schedule": 2.0},
    "push routing": {"task": "conversations.find_work_to_dispatch", "schedule": 3.0},
    "monitoring that is over": {"task": "conversations.find_monitoring", "schedule": 10.0},
    "alerts": {"task": "conversations.judge_everywhere", "schedule": 15.0},
    "runs that stalled": {"task": "bulk_actions.sweep_runs", "schedule": 5.0},
    "approvals that ran out": {"task": "bulk_actions.expire_approvals", "schedule": 30.0},
    "metrics": {"task": "analytics.count_everywhere", "schedule": 60.0},
    "previews nobody confirmed": {"task": "bulk_actions.forget_previews", "schedule": 600.0},
}
# What waited for a worker this long is pointless: the next one does the same.
EXPIRES_SECONDS = 60
app.conf.beat_schedule = {name: {**entry, "options": {"expires": EXPIRES_SECONDS}} for name, entry in SCHEDULE.items()}


@setup_logging.connect
def keep_django_logging(**_: object) -> None:
    """Connecting is enough: Celery then leaves the logging that Django has set up alone."""
