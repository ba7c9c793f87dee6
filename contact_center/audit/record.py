"""The one way into the audit log."""

import uuid
from collections.abc import Iterable, Mapping
from typing import Any

from django.db import connection

from contact_center.audit.actions import AuditAction
from contact_center.audit.models import AuditEvent
from contact_center.tenancy.access import Actor
from contact_center.tenancy.scope import current_organization_id


class AuditOutsideTransaction(RuntimeError):
    """An audit row must commit together with the change it speaks of."""


def record(
    action: AuditAction,
    *,
    actor: Actor,
    object_type: str = "",
    object_id: int | None = None,
    conversation_id: int | None = None,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    operation_id: uuid.UUID | None = None,
) -> None:
    """Write one event in the transaction of the change."""
    event = AuditEvent(
        action=action,
        membership_id=actor.membership_id,
        object_type=object_type,
        object_id=object_id,
        conversation_id=conversation_id,
        before=dict(before or {}),
        after=dict(after or {}),
        operation_id=operation_id or uuid.uuid4(),
    )
    record_all([event])


def record_all(events: Iterable[AuditEvent]) -> None:
    """Write many events with one INSERT. Raises AuditOutsideTransaction."""
    current_organization_id()
    if not connection.in_atomic_block:
        raise AuditOutsideTransaction
    AuditEvent.objects.bulk_create(events)
