"""Takes in cases, e-mails and activities that are routed: each opens one conversation, once; and resolves them."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from contact_center.errors import NotFound
from contact_center.tenancy.access import Actor
from conversations.actions import lifecycle
from conversations.actions.drafts import Draft
from conversations.actions.overflow import admit
from conversations.intake.customers import take_customers
from conversations.intake.opening import open_in_held_queues
from conversations.intake.parcels import Receipt, RecordParcel, once_more_when_overtaken
from conversations.intake.places import Places, repeated
from conversations.models import Conversation, RecordItem

Parcels = Mapping[int, RecordParcel]


def receive_records(parcels: Sequence[RecordParcel], *, actor: Actor, now: datetime) -> list[Receipt]:
    """One receipt per parcel, in their order. A fixed number of statements whatever their number."""
    return once_more_when_overtaken(lambda attempt: _receive(parcels, actor, now))


def look_at_records(parcels: Sequence[RecordParcel]) -> list[Receipt]:
    """What `receive_records` would answer, storing nothing: a new one has neither conversation nor error."""
    return _answered(parcels, *_judged(parcels, Places()))


def _receive(parcels: Sequence[RecordParcel], actor: Actor, now: datetime) -> list[Receipt]:
    places = Places()
    receipts, fresh = _judged(parcels, places)
    return _answered(parcels, receipts | _opened(fresh, places, actor, now), {})


def _judged(parcels: Sequence[RecordParcel], places: Places) -> tuple[dict[int, Receipt], dict[int, RecordParcel]]:
    """Receipts of those that are refused or known, and the parcels that are new. Three queries."""
    again = repeated(parcels)
    known = _known([parcel.external_id for parcel in parcels])
    receipts: dict[int, Receipt] = {}
    fresh: dict[int, RecordParcel] = {}
    for position, parcel in enumerate(parcels):
        if position in again:
            continue
        if parcel.external_id in known:
            receipts[position] = Receipt(known[parcel.external_id])
        elif refusal := places.refusal(parcel):
            receipts[position] = Receipt(error=refusal)
        else:
            fresh[position] = parcel
    return receipts, fresh


def _answered(parcels: Sequence[RecordParcel], receipts: Mapping[int, Receipt], fresh: Parcels) -> list[Receipt]:
    """In the order of the parcels; one that repeats an earlier one of the call finds what that one opened."""
    found = {**{position: Receipt(created=True) for position in fresh}, **receipts}
    for position, earlier in repeated(parcels).items():
        found[position] = replace(found[earlier], created=False)
    return [found[position] for position in range(len(parcels))]


def _known(external_ids: Sequence[str]) -> dict[str, Conversation]:
    """What these records became before; of several conversations of one record the latest."""
    rows = Conversation.objects.select_related("record").filter(record__external_id__in=external_ids)
    return {row.record.external_id: row for row in rows.order_by("pk") if row.record is not None}


def _opened(parcels: Parcels, places: Places, actor: Actor, now: datetime) -> dict[int, Receipt]:
    if not parcels:
        return {}
    customers = take_customers(parcel.customer for parcel in parcels.values() if parcel.customer)
    items = RecordItem.objects.bulk_create(
        RecordItem(
            external_id=parcel.external_id,
            record_type=parcel.record_type,
            title=parcel.title,
            case_number=parcel.case_number,
            regarding=parcel.regarding,
            created_at=now,
        )
        for parcel in parcels.values()
    )
    drafts = []
    for parcel, item in zip(parcels.values(), items, strict=True):
        stream, queue = places.of(parcel)
        customer = customers[parcel.customer.external_id] if parcel.customer else None
        drafts.append(
            Draft(
                work_stream=stream,
                queue=queue,
                subject=parcel.title,
                record=item,
                customer=customer,
                priority=parcel.priority,
            )
        )
    rows = open_in_held_queues(drafts, actor=actor, now=now)
    # Closed, or full: the queue's rule may send records on like anything else; it never ends them.
    if overflowed := admit([row.pk for row in rows], actor=actor, now=now):
        moved = Conversation.objects.select_related("record").in_bulk(overflowed)
        rows = [moved.get(row.pk, row) for row in rows]
    return {position: Receipt(row, created=True) for position, row in zip(parcels, rows, strict=True)}


def resolve_record(conversation_id: int, *, actor: Actor, now: datetime) -> Conversation:
    """The conversation as it is afterwards: Closed. Resolved already, nothing changes. Raises NotFound."""
    records = Conversation.objects.select_related("record").filter(record__isnull=False)
    if not (records.filter(pk=conversation_id).exists()):
        raise NotFound("There is no such record.")
    lifecycle.resolve_records([conversation_id], actor=actor, now=now)
    # One that was removed, or closed otherwise, is resolved afterwards all the same.
    RecordItem.objects.filter(conversations=conversation_id, resolved_at=None).update(resolved_at=now)
    return records.get(pk=conversation_id)
