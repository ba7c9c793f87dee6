"""Deletes what an organization keeps no longer: conversations closed long ago, and what is left of them elsewhere.

Runs as the owner of the tables, lot by lot, each lot with its audit event. What was said goes with its conversation,
and what was typed for a run with its age; runs, figures and the audit log keep numbers and states.
"""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Protocol

import structlog
from django.db import transaction
from django.db.models import Exists, Max, OuterRef, QuerySet

from contact_center.audit.actions import AuditAction
from contact_center.audit.models import AuditEvent
from contact_center.live.publish import publish_on_commit
from contact_center.tenancy.models import Organization, OrganizationSettings
from contact_center.tenancy.scope import organization_scope
from conversations.models import Alert, Conversation, Customer, Notification, OutboxEntry, RecordItem
from conversations.states import Status
from routing.models import PresenceChange

logger = structlog.get_logger(__name__)

OWNER = "owner"
# Conversations of one transaction.
LOT = 500
# What the log calls them.
CONVERSATIONS = "conversation"


class Forget(Protocol):
    """Takes away what is older, of so many rows at most; says of how many."""

    def __call__(self, before: datetime, *, most: int, using: str) -> int: ...


# What later layers keep of conversations, by the name under which the log counts it.
forgets: dict[str, Forget] = {}


def retention_of(organization: Organization) -> int | None:
    """Days, or None for an organization that keeps everything."""
    with organization_scope(organization.pk):
        return OrganizationSettings.objects.values_list("retention_days", flat=True).first()


def overdue(organization: Organization, days: int, now: datetime) -> int:
    """How many conversations a run would delete."""
    with organization_scope(organization.pk):
        return _old(now - timedelta(days=days)).count()


def purged_before() -> datetime | None:
    """Before when what closed is gone from the organization in scope, by the log; None where nothing was purged."""
    lots = AuditEvent.objects.filter(action=AuditAction.PURGED, object_type=CONVERSATIONS).order_by()
    kept = lots.values_list("after__days").annotate(last=Max("at"))
    return max((last - timedelta(days=days) for days, last in kept), default=None)


def purge(organization: Organization, days: int, now: datetime) -> Iterator[int]:
    """Delete lot by lot; yields how many conversations went with each. Stopped in the middle, a later run goes on."""
    before = now - timedelta(days=days)
    while gone := _purge_lot(organization, days, before):
        yield gone
    _purge_rest(organization, before, now)


def _old(before: datetime) -> QuerySet[Conversation]:
    return Conversation.objects.filter(status=Status.CLOSED, closed_at__lt=before)


def _purge_lot(organization: Organization, days: int, before: datetime) -> int:
    with organization_scope(organization.pk), transaction.atomic(using=OWNER):
        oldest = _old(before).using(OWNER).order_by("closed_at", "pk")
        ids = list(oldest.values_list("pk", flat=True)[:LOT])
        if not ids:
            return 0
        Conversation.objects.using(OWNER).filter(pk__in=ids).delete()
        _note(CONVERSATIONS, len(ids), days=days)
        publish_on_commit(organization.pk, "conversation", ids)
    logger.info("purged", organization_id=organization.pk, conversations=len(ids), days=days)
    return len(ids)


def _purge_rest(organization: Organization, before: datetime, now: datetime) -> None:
    """Customers and records without any conversation left, and what was about no conversation but is as old."""
    with organization_scope(organization.pk):
        rest = _rest(before, now)
    for name, rows in rest.items():
        while _lot_of_rest(organization, name, partial(_delete, rows)):
            pass
    for name, forget in forgets.items():
        while _lot_of_rest(organization, name, partial(forget, before, most=LOT, using=OWNER)):
            pass


def _lot_of_rest(organization: Organization, name: str, go: Callable[[], int]) -> int:
    with organization_scope(organization.pk), transaction.atomic(using=OWNER):
        if gone := go():
            _note(name, gone)
        return gone


def _delete(rows: QuerySet[Any]) -> int:
    ids = list(rows.using(OWNER).values_list("pk", flat=True)[: LOT * 10])
    rows.model.objects.using(OWNER).filter(pk__in=ids).delete()
    return len(ids)


def _rest(before: datetime, now: datetime) -> dict[str, QuerySet[Any]]:
    sent = OutboxEntry.objects.exclude(status=OutboxEntry.Status.PENDING)
    # What somebody's presence was at that moment is still the beginning of what followed.
    later = PresenceChange.objects.filter(representative=OuterRef("representative"), since__gt=OuterRef("since"))
    return {
        "customer": Customer.objects.filter(created_at__lt=before, conversations__isnull=True),
        "recorditem": RecordItem.objects.filter(created_at__lt=before, conversations__isnull=True),
        "notification": Notification.objects.filter(expires_at__lt=now),
        "alert": Alert.objects.filter(conversation=None, ended_at__lt=before),
        "outboxentry": sent.filter(conversation=None, created_at__lt=before),
        "presencechange": PresenceChange.objects.filter(Exists(later.filter(since__lt=before)), since__lt=before),
    }


def _note(name: str, number: int, **more: int) -> None:
    AuditEvent.objects.using(OWNER).create(
        action=AuditAction.PURGED, object_type=name, after={"deleted": number, **more}
    )
