"""Finds what was left behind: runs whose next chunk never came, that nobody approved, previews nobody confirmed."""

from typing import Any

from django.db import connection
from django.db.models import F
from django.utils import timezone

from bulk_actions import approval
from bulk_actions.limits import APPROVAL_EXPIRES, PREVIEW_LIVES, STALLED_AFTER
from bulk_actions.models import BulkAction
from bulk_actions.states import UNFINISHED, RunStatus
from contact_center.tenancy.scope import organization_scope


def organizations_with_unfinished_runs() -> list[int]:
    return _ids("select organizations_with_unfinished_runs()")


def take_up_stalled(organization_id: int) -> list[tuple[int, int]]:
    """The stalled runs of the organization with their next turn; their clocks start again.

    A turn keeps one chain of chunks alive however often a run is taken up: only the latest asks for more.
    """
    with organization_scope(organization_id):
        stalled = BulkAction.objects.filter(
            status__in=UNFINISHED, enqueued_at__lt=timezone.now() - STALLED_AFTER
        ).select_for_update(skip_locked=True)
        runs = list(stalled.order_by("pk").values_list("pk", "turn"))
        BulkAction.objects.filter(pk__in=[pk for pk, _ in runs]).update(enqueued_at=timezone.now(), turn=F("turn") + 1)
    return [(pk, turn + 1) for pk, turn in runs]


def is_latest_turn(bulk_action_id: int, turn: int) -> bool:
    return BulkAction.objects.filter(pk=bulk_action_id, turn=turn).exists()


def expire_approvals() -> None:
    """Runs that nobody approved in time."""
    older_than = timezone.now() - APPROVAL_EXPIRES
    for organization_id in _ids("select organizations_with_old_approvals(%s)", older_than):
        with organization_scope(organization_id):
            old = BulkAction.objects.filter(status=RunStatus.AWAITING_APPROVAL, started_at__lt=older_than)
            for run in old.select_for_update(skip_locked=True).order_by("pk"):
                approval.expire(run)


def forget_old_previews() -> None:
    older_than = timezone.now() - PREVIEW_LIVES
    for organization_id in _ids("select organizations_with_old_previews(%s)", older_than):
        with organization_scope(organization_id):
            BulkAction.objects.filter(status=RunStatus.PREVIEWED, created_at__lt=older_than).delete()


def _ids(sql: str, *parameters: Any) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(sql, list(parameters))
        return [row[0] for row in cursor.fetchall()]
