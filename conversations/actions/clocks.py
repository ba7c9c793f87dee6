"""Clocks that ran out, also those that did so too early: something was said since, or only a wrap-up's hold is over."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db.models import Max

from contact_center.audit.actions import AuditAction
from conversations.actions.connection import stays_away
from conversations.actions.effects import due
from conversations.actions.step import Step
from conversations.models import Conversation, Message, Offer
from conversations.states import OfferOutcome, Phase, Status

QUIET = frozenset({Phase.OPEN, Phase.ACTIVE, Phase.WAITING})


def ids_due(now: datetime, limit: int) -> list[int]:
    """One statement of three parts, each with an index of its own; as one condition they would read every row."""
    rows = Conversation.objects.order_by()
    running_out = Offer.objects.filter(outcome=OfferOutcome.PENDING, expires_at__lte=now).order_by()
    due_now = rows.filter(due_at__lte=now).values_list("pk", flat=True)
    away = rows.filter(stays_away(now)).values_list("pk", flat=True)
    return list(due_now.union(running_out.values_list("conversation_id", flat=True), away)[:limit])


def due_anew(rows: Iterable[Conversation], now: datetime) -> dict[int, datetime]:
    """When each of these is due in fact: auto-close is for conversations in which nothing happens.

    Only those whose clock ran out too early. Needs the work stream loaded; one query, none where nothing is due.
    """
    over = {row.pk: row for row in rows if row.phase in QUIET and row.due_at is not None and row.due_at <= now}
    if not over:
        return {}
    said = Message.objects.filter(conversation_id__in=over).order_by().values_list("conversation_id")
    found = {}
    for pk, last in said.annotate(last=Max("created_at")):
        again = due(over[pk].work_stream, Status(over[pk].status), last)
        if again is not None and again > now:
            found[pk] = again
    return found


def wrap_up_goes_on(row: Conversation, now: datetime) -> bool:
    """Only the hold is over: the wrap-up closes later, or never by itself."""
    stream = row.work_stream
    if stream.wrap_up_rule != stream.WrapUpRule.FOR_A_WHILE:
        return False
    seconds = stream.wrap_up_auto_close_seconds
    return seconds is None or now < row.status_since + timedelta(seconds=seconds)


def wrap_up_freed(row: Conversation) -> Step:
    """The work stream's hold is over; the wrap-up itself goes on until its own time."""
    step = Step(row, AuditAction.WRAP_UP_FREED, counts_as_version=False)
    step.free_units()
    seconds = row.work_stream.wrap_up_auto_close_seconds
    step.fields["due_at"] = None if seconds is None else row.status_since + timedelta(seconds=seconds)
    return step
