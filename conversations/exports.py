"""A list as CSV: every conversation that its filter matches, in the view's columns and order, a lot at a time."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, StreamingHttpResponse
from django.utils import timezone

from contact_center.audit.actions import AuditAction
from contact_center.audit.record import record
from contact_center.errors import Invalid
from contact_center.tenancy.access import Actor
from contact_center.web.csv_export import moment, read_lot, stream
from contact_center.web.pagination import Anchor
from conversations import queries
from conversations.filters import LAYOUT, ConversationFilter
from conversations.list_context import details_url_of
from conversations.models import Conversation
from conversations.presenters import HAND_RAISED, ConversationRow, wait_ended
from routing.kinds import Kind

LOT = 500


@dataclass(frozen=True, slots=True)
class Exported:
    """One row on its way into the file. Clocks that run in the list stand still at `as_of`."""

    row: ConversationRow
    values: Mapping[str, Any]
    as_of: datetime
    time_zone: str


def rows_to_export(shown: ConversationFilter) -> QuerySet[Conversation]:
    """What the file would hold now. Raises errors.Invalid where the filter makes no sense: nothing is guessed."""
    told = zip(shown.senseless, shown.notices, strict=True)
    wrong = [notice for each, notice in told if each.name not in ("size", LAYOUT) and not shown.left_out(each)]
    if wrong:
        raise Invalid(f"{wrong[0]} Nothing was exported.")
    return shown.rows()


def conversations(request: HttpRequest, actor: Actor, shown: ConversationFilter) -> StreamingHttpResponse:
    """Two queries for each lot. The log gets the filter's ids and keys and a count, never what was searched for."""
    rows, as_of = rows_to_export(shown), timezone.now()
    record(AuditAction.EXPORTED, actor=actor, object_type="conversation_list", after=_told(shown, rows.count()))
    # Read once: what relative times and a search stand for doesn't change on the way.
    by_queued_at = shown.sorts_running_waits
    keyset = shown.order.keyset(as_of, by_queued_at=by_queued_at)
    details_url, names = details_url_of(actor), shown.columns.names

    def read(place: Anchor | None) -> tuple[list[list[Any]], Anchor | None]:
        ids, following = read_lot(rows, keyset, place, LOT)
        values = queries.list_rows(ids, actor, shown.columns)
        found = [
            Exported(ConversationRow(values[id], details_url), values[id], as_of, actor.time_zone)
            for id in ids
            if id in values
        ]
        return [[cell(name, each) for name in names] for each in found], following

    heading = [column.label for column, _ in shown.columns]
    day = moment(as_of, actor.time_zone)[:10]
    return stream(request, f"{shown.listing.name}-{day}", actor.organization_id, heading, read)


def _told(shown: ConversationFilter, count: int) -> dict[str, Any]:
    view = shown.view.key if shown.view else ""
    told = {"list": shown.listing.name, "rows": count, "view": view, "searched": bool(shown.text), **shown.values}
    return {name: value for name, value in told.items() if value or name == "rows"}


def cell(name: str, exported: Exported) -> Any:
    """What stands in this column: the words of the list, or what a program can read where the list shows a clock."""
    written = WRITTEN.get(name)
    return written(exported) if written else getattr(exported.row, name)


def _status(each: Exported) -> str:
    detail = each.row.status_detail or (HAND_RAISED if each.row.hand else "")
    return f"{each.row.status_label} ({detail})" if detail else each.row.status_label


def _presence(each: Exported) -> str:
    return f"{each.row.presence}, {each.row.units} units" if each.row.presence else ""


def _wait(each: Exported) -> str:
    if each.values["kind"] == Kind.RECORD:
        return ""
    return _clock((wait_ended(each.values) or each.as_of) - each.values["queued_at"])


def _due(each: Exported) -> str:
    return moment(each.values["target_due_at"], each.time_zone) if each.row.due_at else ""


def _handle_time(each: Exported) -> str:
    since, before = each.values["handling_since"], each.values["handled_before"]
    total = before + (each.as_of - since) if since else before
    return _clock(total) if total else ""


def _clock(value: timedelta) -> str:
    """Hours, minutes and seconds, which spreadsheets add up, beyond a day too."""
    minutes, second = divmod(max(0, int(value.total_seconds())), 60)
    hour, minute = divmod(minutes, 60)
    return f"{hour}:{minute:02}:{second:02}"


# Every other column is the row's own word of this name.
WRITTEN: Mapping[str, Callable[[Exported], Any]] = {
    "channel": lambda each: each.row.channel_label,
    "presence": _presence,
    "status": _status,
    "sentiment": lambda each: each.row.sentiment_label,
    "wait": _wait,
    "handle_time": _handle_time,
    "last_customer_message": lambda each: moment(each.values["last_customer_message_at"], each.time_zone),
    "due_in": _due,
    "tags": lambda each: ", ".join(each.row.tags),
    "age": lambda each: (each.as_of - each.values["created_at"]).days,
    "created": lambda each: moment(each.values["created_at"], each.time_zone),
    "closed": lambda each: moment(each.values["closed_at"], each.time_zone),
}
