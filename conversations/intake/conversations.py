"""Takes in new conversations: opened once each, or added to the customer's ongoing persistent one."""

from collections.abc import Sequence
from datetime import datetime

from django.db.models import Q

from contact_center.tenancy.access import Actor
from conversations.actions import lifecycle
from conversations.actions.drafts import Said
from conversations.actions.overflow import admit
from conversations.intake.customers import take_customers
from conversations.intake.names import Names
from conversations.intake.opening import open_in_held_queues
from conversations.intake.parcels import ConversationParcel, Receipt, once_more_when_overtaken
from conversations.models import Conversation, Message
from conversations.models.conversation import ONGOING_ROW
from routing.kinds import Mode

# Under this name the first message is stored, so that a parcel that was added to another conversation is known again.
FIRST_MESSAGE = "conversation:"


def receive_conversations(parcels: Sequence[ConversationParcel], *, actor: Actor, now: datetime) -> list[Receipt]:
    """One receipt per parcel, in their order. A fixed number of statements unless one customer occurs repeatedly."""
    return once_more_when_overtaken(lambda attempt: _receive(parcels, actor, now))


def _receive(parcels: Sequence[ConversationParcel], actor: Actor, now: datetime) -> list[Receipt]:
    receipts: dict[int, Receipt] = {}
    names = Names(parcels)
    waiting: dict[int, ConversationParcel] = {}
    for position, parcel in enumerate(parcels):
        if refusal := names.refusal(parcel):
            receipts[position] = Receipt(error=refusal)
        else:
            waiting[position] = parcel
    while waiting:
        taken = _one_per_customer(waiting)
        receipts |= _store(taken, names, actor, now)
        waiting = {position: parcel for position, parcel in waiting.items() if position not in taken}
    return [receipts[position] for position in range(len(parcels))]


def _one_per_customer(waiting: dict[int, ConversationParcel]) -> dict[int, ConversationParcel]:
    """A later parcel of the same customer, or with the same id, has to find what the earlier one opened."""
    seen: set[str] = set()
    chosen = {}
    for position, parcel in waiting.items():
        keys = {f"customer {parcel.customer.external_id}", f"conversation {parcel.external_id}"}
        if seen.isdisjoint(keys):
            chosen[position] = parcel
        seen |= keys
    return chosen


def _store(parcels: dict[int, ConversationParcel], names: Names, actor: Actor, now: datetime) -> dict[int, Receipt]:
    customers = take_customers(parcel.customer for parcel in parcels.values())
    known = _known([parcel.external_id for parcel in parcels.values()])
    receipts = {
        position: Receipt(*known[parcel.external_id])
        for position, parcel in parcels.items()
        if parcel.external_id in known
    }
    fresh = {position: parcel for position, parcel in parcels.items() if position not in receipts}
    ongoing = _ongoing_persistent(fresh, names, {name: customer.pk for name, customer in customers.items()})
    homes = {position: ongoing[position] for position in fresh if position in ongoing}
    to_open = [position for position in fresh if position not in ongoing]
    if to_open:
        drafts = [names.draft(fresh[position], customers[fresh[position].customer.external_id]) for position in to_open]
        opened = open_in_held_queues(drafts, actor=actor, now=now)
        homes |= dict(zip(to_open, opened, strict=True))
    messages = _say(fresh, homes, actor, now)
    overflowed = admit([homes[position].pk for position in to_open], actor=actor, now=now)
    if overflowed:
        moved = Conversation.objects.in_bulk(overflowed)
        homes = {position: moved.get(row.pk, row) for position, row in homes.items()}
    return receipts | {
        position: Receipt(homes[position], messages[position], created=position in to_open) for position in fresh
    }


def _say(
    parcels: dict[int, ConversationParcel], homes: dict[int, Conversation], actor: Actor, now: datetime
) -> dict[int, int]:
    """Store the first messages; their ids by position."""
    said = [
        Said(homes[position].pk, FIRST_MESSAGE + parcel.external_id, parcel.message)
        for position, parcel in parcels.items()
    ]
    if not said:
        return {}
    stored = lifecycle.customer_wrote(said, actor=actor, now=now)
    return dict(zip(parcels, [message.pk for message in stored], strict=True))


def _known(external_ids: list[str]) -> dict[str, tuple[Conversation, int]]:
    """What these ids became before: the conversation and its message."""
    wanted = [FIRST_MESSAGE + external_id for external_id in external_ids]
    messages = Message.objects.filter(external_id__in=wanted).values_list("external_id", "pk", "conversation_id")
    stored = {external_id.removeprefix(FIRST_MESSAGE): (pk, home) for external_id, pk, home in messages}
    homes = Q(external_id__in=external_ids) | Q(pk__in=[home for _, home in stored.values()])
    rows = list(Conversation.objects.filter(homes).only("organization_id", "external_id", "status", "previous_id"))
    by_id = {row.pk: row for row in rows}
    # Conversations that came in otherwise, say through the chat page, have no first message of that name.
    found = {row.external_id: (row, 0) for row in rows if row.external_id in external_ids}
    return found | {external_id: (by_id[home], pk) for external_id, (pk, home) in stored.items()}


def _ongoing_persistent(
    parcels: dict[int, ConversationParcel], names: Names, customers: dict[str, int]
) -> dict[int, Conversation]:
    """The ongoing conversation of the parcel's customer on its persistent stream, locked."""
    wanted = {
        position: (customers[parcel.customer.external_id], names.stream(parcel).pk)
        for position, parcel in parcels.items()
        if names.stream(parcel).mode == Mode.PERSISTENT
    }
    if not wanted:
        return {}
    rows = Conversation.objects.filter(
        ONGOING_ROW,
        customer_id__in={customer for customer, _ in wanted.values()},
        work_stream_id__in={stream for _, stream in wanted.values()},
    )
    by_owner = {
        (row.customer_id, row.work_stream_id): row for row in rows.order_by("pk").select_for_update(of=("self",))
    }
    return {position: by_owner[owner] for position, owner in wanted.items() if owner in by_owner}
