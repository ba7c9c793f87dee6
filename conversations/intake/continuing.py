"""Closed stays closed: finds or opens the conversation in which a customer goes on."""

from collections.abc import Collection, Iterable
from datetime import datetime

from django.db.models import Q

from contact_center.tenancy.access import Actor
from conversations.actions.drafts import Draft
from conversations.intake.customers import lock_customers
from conversations.intake.opening import open_in_held_queues
from conversations.intake.parcels import Overtaken
from conversations.models import Conversation, Customer
from conversations.models.conversation import ONGOING_ROW
from conversations.states import Status
from routing.kinds import Kind, Mode
from routing.models import WorkStream

Rows = dict[int, Conversation]


# What intake reads of a conversation; a row has sixty columns, and most calls need these alone.
COLUMNS = (
    "organization_id",
    "work_stream_id",
    "representative_id",
    "customer_id",
    "previous_id",
    "external_id",
    "subject",
    "priority",
    "kind",
    "mode",
    "status",
    "status_reason",
)


def lock(ids: Collection[int], *, to_closed: bool) -> Rows:
    """The conversations with these ids, locked, and with `to_closed` the ongoing ones that may continue a closed one.

    Customers are locked before conversations, everywhere. Few calls speak to closed conversations, so that is done only
    once a closed one has been met: raises Overtaken, and the next attempt comes with `to_closed`.
    """
    customers = _of_closed(ids) if to_closed else set()
    lock_customers(customers)
    wanted = Q(pk__in=ids)
    if customers:
        wanted |= ONGOING_ROW & Q(customer_id__in=customers)
    rows = Conversation.objects.filter(wanted).only(*COLUMNS).order_by("pk").select_for_update()
    found = {row.pk: row for row in rows}
    for row in found.values():
        if row.status == Status.CLOSED and row.customer_id and row.customer_id not in customers:
            raise Overtaken
    return found


def _of_closed(ids: Collection[int]) -> set[int]:
    closed = Conversation.objects.filter(pk__in=ids, status=Status.CLOSED, customer__isnull=False)
    return set(closed.values_list("customer_id", flat=True))


def homes(addressed: Iterable[Conversation], rows: Rows, *, actor: Actor, now: datetime) -> Rows:
    """Where a customer's message to each addressed conversation goes, by the id that was addressed."""
    found: Rows = {}
    lonely: list[Conversation] = []
    for row in addressed:
        if row.status != Status.CLOSED:
            found[row.pk] = row
        elif following := _following(row, rows):
            found[row.pk] = following
        elif row.kind != Kind.RECORD:
            lonely.append(row)
    return found | _opened_for(lonely, actor, now)


def _following(closed: Conversation, rows: Rows) -> Conversation | None:
    """The newest ongoing conversation that continues the closed one; one per customer on a persistent stream."""
    candidates = [
        row
        for row in rows.values()
        if row.status != Status.CLOSED
        and row.work_stream_id == closed.work_stream_id
        and (row.previous_id == closed.pk or (row.mode == Mode.PERSISTENT and _same_customer(row, closed)))
    ]
    return max(candidates, key=lambda row: row.pk, default=None)


def _same_customer(one: Conversation, other: Conversation) -> bool:
    return one.customer_id is not None and one.customer_id == other.customer_id


def _opened_for(closed: list[Conversation], actor: Actor, now: datetime) -> Rows:
    if not closed:
        return {}
    latest: dict[tuple[str, int, int], Conversation] = {}
    for row in sorted(closed, key=lambda row: row.pk):
        latest[_line(row)] = row
    streams = WorkStream.objects.select_related("default_queue").in_bulk({row.work_stream_id for row in closed})
    customers = Customer.objects.in_bulk({row.customer_id for row in closed if row.customer_id})
    drafts = [
        Draft(
            work_stream=streams[row.work_stream_id],
            subject=row.subject,
            customer=customers.get(row.customer_id or 0),
            priority=row.priority,
            previous=row,
        )
        for row in latest.values()
    ]
    opened = dict(zip(latest, open_in_held_queues(drafts, actor=actor, now=now), strict=True))
    return {row.pk: opened[_line(row)] for row in closed}


def _line(row: Conversation) -> tuple[str, int, int]:
    """Closed conversations of one line go on in one conversation."""
    if row.mode == Mode.PERSISTENT and row.customer_id:
        return ("customer", row.customer_id, row.work_stream_id)
    return ("conversation", row.pk, 0)
