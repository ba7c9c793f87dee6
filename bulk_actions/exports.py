"""Action History and the conversations of one run as CSV: what the page shows, all of it, a lot at a time."""

from typing import Any

from django.http import HttpRequest, StreamingHttpResponse

from bulk_actions import pages, presenters, queries
from bulk_actions.models import BulkAction
from bulk_actions.queries import ItemFilter
from bulk_actions.reach import Reach
from contact_center.audit.actions import AuditAction
from contact_center.audit.record import record
from contact_center.tenancy.access import Actor
from contact_center.web.csv_export import moment, read_lot, stream
from contact_center.web.pagination import Anchor
from contact_center.web.query_filter import QueryFilter

LOT = 500
HISTORY_HEADING = (
    "Action type",
    "Title",
    "Created by",
    "Recipients",
    "Start time",
    "End time",
    "Status",
    "Succeeded",
    "Skipped",
    "Failed",
    "Total",
    "Decided by",
    "Reason of the rejection",
)
ITEMS_HEADING = ("Number", "Subject", "Outcome", "Reason", "Before", "After")


def history(request: HttpRequest, actor: Actor, shown: QueryFilter) -> StreamingHttpResponse:
    record(AuditAction.EXPORTED, actor=actor, object_type="action_history", after=dict(shown.values))

    def read(place: Anchor | None) -> tuple[list[list[Any]], Anchor | None]:
        ids, following = read_lot(shown.apply(queries.runs()), queries.RUN_ORDER, place, LOT)
        found = queries.run_rows(ids)
        return [_run(found[pk], actor) for pk in ids if pk in found], following

    return stream(request, "action-history", actor.organization_id, HISTORY_HEADING, read)


def run_items(request: HttpRequest, actor: Actor, run: BulkAction, chosen: ItemFilter) -> StreamingHttpResponse:
    """Those in the person's queues, as on the page."""
    record(
        AuditAction.EXPORTED,
        actor=actor,
        object_type="bulk_action",
        object_id=run.pk,
        after=chosen.parameters,
        operation_id=run.key,
    )
    reach = Reach.of(run)

    def read(place: Anchor | None) -> tuple[list[list[Any]], Anchor | None]:
        ids, following = read_lot(queries.items(run.pk, run.action, actor, chosen), queries.ITEM_ORDER, place, LOT)
        return [_item(row) for row in pages.item_rows(ids, actor, reach)], following

    return stream(request, f"run-{run.pk}", actor.organization_id, ITEMS_HEADING, read)


def _run(run: BulkAction, actor: Actor) -> list[Any]:
    row = presenters.run_row(run, actor.organization_slug)
    return [
        row["action_label"],
        run.title,
        row["created_by"],
        run.recipients,
        moment(run.started_at, actor.time_zone),
        moment(run.ended_at, actor.time_zone),
        row["status_label"],
        run.succeeded,
        run.skipped,
        run.failed,
        run.total,
        str(run.decided_by) if run.decided_by_id else "",
        run.decision_reason,
    ]


def _item(row: dict[str, Any]) -> list[Any]:
    return [row["number"], row["subject"], row["outcome_label"], row["reason"], row["before"], row["after"]]
