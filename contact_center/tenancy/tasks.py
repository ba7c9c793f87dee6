"""The base of every Celery task that works for one organization."""

from typing import Any

import structlog
from celery.contrib.django.task import DjangoTask

from contact_center.tenancy.scope import organization_scope


class OrganizationTask(DjangoTask):
    """Opens the organization's scope, and so one transaction, around the task. Needs the keyword `organization_id`."""

    abstract = True

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        organization_id = kwargs.get("organization_id")
        if not isinstance(organization_id, int):
            raise TypeError(f"{self.name} needs organization_id")
        log = structlog.contextvars.bound_contextvars(organization_id=organization_id, task=self.name)
        with log, organization_scope(organization_id):
            return super().__call__(*args, **kwargs)
