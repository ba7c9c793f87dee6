"""Reads one representative's desk in a fixed number of queries, whatever is on it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db.models import F, Q, QuerySet

from contact_center.tenancy.access import Actor
from contact_center.tenancy.models import OrganizationSettings
from conversations.desk.marks import consulted, unread_by
from conversations.models import Conversation, DeskAlerts, Disposition, Message, Offer, Participant
from conversations.models.conversation import ONGOING_ROW
from conversations.rules import needed
from conversations.states import OfferOutcome, Phase, Status
from routing.models import CustomPresence, PresenceChange, QueueMember, Representative

OPEN_SHOWN = 50
MINE_SHOWN = 200
MESSAGES_SHOWN = 200


@dataclass(frozen=True, slots=True)
class Desk:
    """`chosen` is the conversation whose transcript is shown: one's own, or one in which one is a consultant.

    `others` are those present in it beside the representative, supervisors who monitor left out where the
    organization says so; `asked` is the offer that a pending transfer of it waits for.
    """

    person: Representative
    presence_change: PresenceChange | None
    custom_presences: Sequence[CustomPresence]
    queue_ids: frozenset[int]
    offers: Sequence[Offer]
    conversations: Mapping[int, Conversation]
    open: Sequence[Conversation]
    chosen: Conversation | None
    messages: Sequence[Message]
    others: Sequence[Participant]
    asked: Offer | None
    dispositions: Sequence[Disposition]
    alerts: DeskAlerts

    @property
    def offered(self) -> list[tuple[Offer, Conversation]]:
        """A conversation that closed this very moment has no row here any more."""
        pairs = ((offer, self.conversations.get(offer.conversation_id)) for offer in self.offers)
        return [(offer, row) for offer, row in pairs if row is not None]

    def mine(self, *phases: Phase) -> list[Conversation]:
        holder = self.person.pk
        return [row for row in self.conversations.values() if row.representative_id == holder and row.phase in phases]

    @property
    def consulting(self) -> list[Conversation]:
        holder = self.person.pk
        return [row for row in self.conversations.values() if consults_in(row) and row.representative_id != holder]

    @property
    def shown_ids(self) -> frozenset[int]:
        return frozenset(self.conversations) | {row.pk for row in self.open}


def read_desk(actor: Actor, chosen_id: int | None) -> Desk | None:
    """Thirteen queries; one when the member has no representative profile, and then None."""
    person = Representative.objects.select_related("custom_presence").filter(pk=actor.representative_id or 0).first()
    if person is None:
        return None
    offers = list(
        Offer.objects.filter(representative_id=person.pk, outcome=OfferOutcome.PENDING)
        .select_related("made_by__user")
        .order_by("expires_at", "pk")
    )
    conversations = {row.pk: row for row in _held_or_offered(actor, person, offers)}
    queue_ids = frozenset(QueueMember.objects.filter(representative_id=person.pk).values_list("queue_id", flat=True))
    chosen = conversations.get(chosen_id or 0)
    if chosen is not None and not (_is_mine(chosen, person) or consults_in(chosen)):
        chosen = None
    return Desk(
        person=person,
        presence_change=_last_presence_change(person),
        custom_presences=list(CustomPresence.objects.order_by("text", "pk")),
        queue_ids=queue_ids,
        offers=offers,
        conversations=conversations,
        open=list(_open(actor, queue_ids)),
        chosen=chosen,
        messages=_messages(chosen),
        others=_others(chosen, person),
        asked=_asked(chosen),
        dispositions=list(Disposition.objects.filter(is_active=True)),
        alerts=alerts_of(actor),
    )


def _is_mine(row: Conversation, person: Representative) -> bool:
    return row.representative_id == person.pk and row.phase is not Phase.AWAITING


def _held_or_offered(actor: Actor, person: Representative, offers: Sequence[Offer]) -> QuerySet[Conversation]:
    mine = Q(representative_id=person.pk) | Q(pk__in=[offer.conversation_id for offer in offers]) | consulted(person.pk)
    rows = needed(Conversation.objects.filter(ONGOING_ROW & mine), actor).select_related(
        "representative", "queue", "work_stream", "customer", "intent", "record"
    )
    return rows.annotate(unread=unread_by(person.pk)).order_by("-status_since", "-pk")[:MINE_SHOWN]


def consults_in(row: Conversation) -> bool:
    """Of a row that was read through `needed`."""
    return bool(getattr(row, "consulted_by_actor", False))


def _open(actor: Actor, queue_ids: frozenset[int]) -> QuerySet[Conversation]:
    """In the order in which routing would offer them; one more than is shown, to know whether there are more."""
    # Never empty: an empty list would skip the query, and the desk shall read the same number of times always.
    rows = Conversation.objects.filter(status=Status.OPEN, queue_id__in=queue_ids or {0})
    in_turn = (F("queue__priority").asc(nulls_last=True), "-priority", "queued_at", "pk")
    return needed(rows, actor).order_by(*in_turn)[: OPEN_SHOWN + 1]


def _last_presence_change(person: Representative) -> PresenceChange | None:
    changes = PresenceChange.objects.filter(representative_id=person.pk).select_related("set_by__user")
    return changes.order_by("-since", "-pk").first()


def _messages(chosen: Conversation | None) -> list[Message]:
    """The newest ones, the oldest of them first, public and internal; one more than is shown."""
    rows = Message.objects.filter(conversation_id=chosen.pk if chosen else 0)
    newest = rows.select_related("representative", "membership__user").order_by("-pk")[: MESSAGES_SHOWN + 1]
    return list(newest)[::-1]


def _others(chosen: Conversation | None, person: Representative) -> list[Participant]:
    """Two queries."""
    settings = OrganizationSettings.objects.first()
    present = Participant.objects.filter(conversation_id=chosen.pk if chosen else 0, left_at=None)
    if settings is not None and not settings.representatives_see_monitoring:
        present = present.exclude(mode=Participant.Mode.MONITOR)
    rows = present.exclude(joined_at=None, mode=Participant.Mode.PRIMARY).exclude(representative_id=person.pk)
    return list(rows.select_related("representative", "membership__user").order_by("added_at", "pk"))


def alerts_of(actor: Actor) -> DeskAlerts:
    """How the person wants to be told; not stored before they have chosen."""
    return DeskAlerts.objects.filter(membership_id=actor.membership_id or 0).first() or DeskAlerts()


def _asked(chosen: Conversation | None) -> Offer | None:
    pending = Offer.objects.filter(conversation_id=chosen.pk if chosen else 0, outcome=OfferOutcome.PENDING)
    return pending.filter(conversation__transfer_pending=True).select_related("representative").first()


def within_reach(actor: Actor, conversation_id: int) -> bool:
    """Whether the person has anything to do with it: holds or held it, was offered it, or serves its queue.

    Anything else looks as if it didn't exist. One query.
    """
    who = actor.representative_id or 0
    queues = QueueMember.objects.filter(representative_id=who).values("queue_id")
    offered = Offer.objects.filter(representative_id=who, conversation_id=conversation_id).values("conversation_id")
    took_part = Participant.objects.filter(representative_id=who, conversation_id=conversation_id)
    related = (
        Q(representative_id=who)
        | Q(queue_id__in=queues)
        | Q(pk__in=offered)
        | Q(pk__in=took_part.values("conversation_id"))
    )
    return Conversation.objects.filter(related, pk=conversation_id).exists()
