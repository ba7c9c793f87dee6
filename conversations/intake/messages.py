"""Takes in messages: stored once each, moving conversations where a message does that."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from contact_center.errors import DomainError, Invalid, NotFound, Refused
from contact_center.tenancy.access import Actor
from conversations.actions import lifecycle
from conversations.actions.drafts import Said
from conversations.actions.overflow import admit
from conversations.intake import continuing, replying
from conversations.intake.names import representatives_by_email
from conversations.intake.parcels import MessageParcel, Receipt, once_more_when_overtaken
from conversations.models import Conversation, Message
from conversations.states import Status
from routing.kinds import Kind

Parcels = dict[int, MessageParcel]


def receive_messages(parcels: Sequence[MessageParcel], *, actor: Actor, now: datetime) -> list[Receipt]:
    """One receipt per parcel, in their order; the order within a conversation is kept.

    The number of statements grows with how often people take turns in one conversation, not with the number of messages
    or conversations.
    """
    return once_more_when_overtaken(lambda attempt: _Intake(parcels, actor, now, attempt).receipts())


class _Intake:
    """The messages of one call, under the locks of their conversations."""

    def __init__(self, parcels: Sequence[MessageParcel], actor: Actor, now: datetime, attempt: int) -> None:
        self.parcels, self.actor, self.now = parcels, actor, now
        self.people = representatives_by_email(parcel.representative for parcel in parcels)
        self.rows = continuing.lock({parcel.conversation_id for parcel in parcels}, to_closed=attempt > 0)
        # One message of a customer is nearly always new; where it isn't, storing it fails and the next attempt looks.
        self.presumed_new = attempt == 0 and len(parcels) == 1 and not parcels[0].representative
        self.refused: dict[int, DomainError] = {}
        # External id → the ids of the message and its conversation, of those known before and, at the end, of all.
        self.stored: dict[str, tuple[int, int]] = {}
        self.fresh: Parcels = {}
        # Conversations that continue closed ones.
        self.opened: list[int] = []

    def receipts(self) -> list[Receipt]:
        self._sort_out()
        target = self._targets()
        for wave in _waves(self.fresh, target):
            moved = self._store_customers({position: target[position] for position in wave[False]})
            moved |= self._store_representatives({position: target[position] for position in wave[True]})
            self._read_again(moved)
        self._read_again(admit(self.opened, actor=self.actor, now=self.now))
        return [self._receipt(position, parcel) for position, parcel in enumerate(self.parcels)]

    def _sort_out(self) -> None:
        """Refused ones, ones that are known already, and fresh ones; of twins in one call the first is fresh."""
        sound: Parcels = {}
        for position, parcel in enumerate(self.parcels):
            if error := self._refusal(parcel):
                self.refused[position] = error
            else:
                sound[position] = parcel
        if not self.presumed_new:
            found = Message.objects.filter(external_id__in={parcel.external_id for parcel in sound.values()})
            for external_id, message_id, conversation_id in found.values_list("external_id", "pk", "conversation_id"):
                self.stored[external_id] = (message_id, conversation_id)
        self._read_again({conversation_id for _, conversation_id in self.stored.values()} - set(self.rows))
        seen = set(self.stored)
        for position, parcel in sound.items():
            if parcel.external_id not in seen:
                self.fresh[position] = parcel
                seen.add(parcel.external_id)

    def _refusal(self, parcel: MessageParcel) -> DomainError | None:
        row = self.rows.get(parcel.conversation_id)
        if row is None:
            return NotFound("There is no such conversation.")
        if row.kind == Kind.RECORD:
            return Refused("A record has no messages.", code="record_not_possible")
        if parcel.representative and parcel.representative not in self.people:
            sentence = f"There is no representative with the e-mail {parcel.representative}."
            return Invalid(sentence, fields={"representative": sentence}, code="unknown_representative")
        return None

    def _targets(self) -> dict[int, int]:
        """The conversation each fresh message goes to: for a customer's to a closed one, the one that continues it."""
        addressed = {parcel.conversation_id for parcel in self.fresh.values() if not parcel.representative}
        homes = continuing.homes([self.rows[pk] for pk in sorted(addressed)], self.rows, actor=self.actor, now=self.now)
        self.opened = sorted({row.pk for row in homes.values()} - set(self.rows))
        self.rows |= {row.pk: row for row in homes.values()}
        return {
            position: parcel.conversation_id if parcel.representative else homes[parcel.conversation_id].pk
            for position, parcel in self.fresh.items()
        }

    def _store_customers(self, wave: dict[int, int]) -> set[int]:
        """Returns the conversations that moved."""
        if not wave:
            return set()
        said = [
            Said(target, self.fresh[position].external_id, self.fresh[position].text)
            for position, target in wave.items()
        ]
        # Locked in the beginning, and read again after whatever moved them.
        held = {target: self.rows[target].status for target in wave.values()}
        self._keep(lifecycle.customer_wrote(said, actor=self.actor, now=self.now, held=held))
        return {target for target in wave.values() if self.rows[target].status == Status.WAITING}

    def _store_representatives(self, wave: dict[int, int]) -> set[int]:
        """Only the one who holds it; on Open it picks, on Waiting it rejoins, an offer is accepted."""
        if not wave:
            return set()
        authors = {target: self.people[self.fresh[position].representative] for position, target in wave.items()}
        outcome = replying.take_up(authors, self.rows, actor=self.actor, now=self.now)
        said = []
        for position, target in wave.items():
            parcel = self.fresh[position]
            if error := outcome.refused.get(target):
                self.refused[position] = error
            else:
                said.append(Said(target, parcel.external_id, parcel.text, authors[target]))
        if said:
            self._keep(lifecycle.representative_wrote(said, actor=self.actor, now=self.now))
        return set(outcome.changed)

    def _keep(self, messages: Iterable[Message]) -> None:
        for message in messages:
            self.stored[message.external_id] = (message.pk, message.conversation_id)

    def _read_again(self, ids: set[int]) -> None:
        if ids:
            self.rows |= {row.pk: row for row in Conversation.objects.filter(pk__in=ids)}

    def _receipt(self, position: int, parcel: MessageParcel) -> Receipt:
        if error := self.refused.get(position):
            return Receipt(error=error)
        if parcel.external_id not in self.stored:
            # Its twin in this call, which came first, was refused.
            return Receipt(error=next(self.refused[first] for first in self.refused if self._is_twin(first, parcel)))
        message_id, conversation_id = self.stored[parcel.external_id]
        return Receipt(self.rows[conversation_id], message_id, created=position in self.fresh)

    def _is_twin(self, position: int, parcel: MessageParcel) -> bool:
        return self.parcels[position].external_id == parcel.external_id


def _waves(fresh: Parcels, target: dict[int, int]) -> Iterator[dict[bool, list[int]]]:
    """Positions that can be stored together: of every conversation the next run of messages by one author.

    Each wave is told apart by whether a representative wrote.
    """
    run: dict[int, tuple[int, str]] = {}
    waves: list[dict[bool, list[int]]] = []
    for position, parcel in fresh.items():
        number, author = run.get(target[position], (-1, ""))
        if number < 0 or author != parcel.representative:
            number += 1
            run[target[position]] = (number, parcel.representative)
        if number == len(waves):
            waves.append({False: [], True: []})
        waves[number][bool(parcel.representative)].append(position)
    yield from waves
