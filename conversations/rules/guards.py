"""Conditions on a row and an actor: each once in Python, once in SQL, and a test that both agree."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Case, Exists, OuterRef, Q, QuerySet, When
from django.utils import timezone

from contact_center.tenancy.access import Actor
from contact_center.tenancy.models import OrganizationSettings
from conversations.models import Conversation, Offer, Participant
from conversations.states import MOST_CONSULTANTS, MOST_DECLINES, Phase, Status
from routing.kinds import Channel, Kind, Mode
from routing.models import QueueMember, Representative, WorkStream

# WhatsApp lets a business write freely only this long after the customer's last message.
WHATSAPP_WINDOW = timedelta(hours=24)
# In these a customer is still talking, or waiting to.
GOES_ON = frozenset({Phase.OPEN, Phase.AWAITING, Phase.ACTIVE})


@dataclass(frozen=True, slots=True)
class Guard:
    """`holds` reads a conversation loaded through `needed`; `condition` is the same over a Conversation queryset."""

    code: str
    holds: Callable[[Any, Actor], bool]
    condition: Callable[[Actor], Q]


def _offers(**conditions: Any) -> Exists:
    return Exists(Offer.objects.filter(conversation_id=OuterRef("pk"), outcome="pending", **conditions))


def offered_to(actor: Actor) -> Exists:
    return _offers(representative_id=actor.representative_id or 0)


def monitored_by(actor: Actor) -> Exists:
    return Exists(
        Participant.objects.filter(
            conversation_id=OuterRef("pk"),
            membership_id=actor.membership_id or 0,
            mode=Participant.Mode.MONITOR,
            left_at=None,
        )
    )


def _consultants(**conditions: Any) -> QuerySet[Participant]:
    consulting = {"mode": Participant.Mode.CONSULT, "left_at": None}
    return Participant.objects.filter(conversation_id=OuterRef("pk"), **consulting, **conditions)


def consulted_by(actor: Actor) -> Exists:
    """A representative who stayed after a transfer; what supervisors join, `joined_by` knows."""
    return Exists(_consultants(representative_id=actor.representative_id or 0))


def joined_by(actor: Actor) -> Exists:
    return Exists(_consultants(membership_id=actor.membership_id or 0))


def consultants_full() -> Exists:
    """Whether there is a fifth one already."""
    return Exists(_consultants().order_by("pk")[MOST_CONSULTANTS - 1 : MOST_CONSULTANTS])


def queue_served_by(actor: Actor) -> Exists:
    return Exists(
        QueueMember.objects.filter(queue_id=OuterRef("queue_id"), representative_id=actor.representative_id or 0)
    )


def consent_required() -> Exists:
    return Exists(OrganizationSettings.objects.filter(consent_required=True))


def is_intent_based(conversation: Any) -> bool:
    """It has an intent, or its queue carries the flag (product.md §5)."""
    return conversation.intent_id is not None or bool(conversation.queue.intent_based)


def customer_may_end(conversation: Any) -> bool:
    """A live chat or a call that goes on; a persistent one is its representative's to end (reference.md §2.4)."""
    may_leave = conversation.kind != Kind.RECORD and conversation.mode != Mode.PERSISTENT
    return bool(may_leave and conversation.phase in GOES_ON)


def waits_once_messaged(conversation: Any) -> bool:
    """T27: a persistent conversation in Open moves to Waiting: nobody is there to answer before the customer does."""
    return bool(conversation.status == Status.OPEN and conversation.mode == Mode.PERSISTENT)


# The same over a Conversation queryset.
WAITS_ONCE_MESSAGED = Q(status=Status.OPEN, mode=Mode.PERSISTENT)


def _window_start() -> datetime:
    return timezone.now() - WHATSAPP_WINDOW


def _is_fresh(at: datetime | None) -> bool:
    return at is not None and at > _window_start()


def _wrote_lately() -> Exists:
    """The window is the customer's, on the work stream's address: any conversation of theirs there opens it."""
    theirs = Conversation.objects.filter(customer_id=OuterRef("customer_id"), work_stream_id=OuterRef("work_stream_id"))
    return Exists(theirs.filter(last_customer_message_at__gt=_window_start()))


def customer_wrote_lately() -> Case:
    """Looked up for WhatsApp alone: rows of other channels cost nothing."""
    return Case(When(channel=Channel.WHATSAPP, then=_wrote_lately()), default=False)


NOT_AI_AGENT = Guard(
    "ai_agent",
    lambda c, a: c.representative is None or c.representative.type != Representative.Type.AI_AGENT,
    lambda a: Q(representative=None) | ~Q(representative__type=Representative.Type.AI_AGENT),
)
NOT_ELEVATED = Guard("elevated", lambda c, a: not c.elevated_to, lambda a: Q(elevated_to=""))
NO_TRANSFER_PENDING = Guard(
    "transfer_pending", lambda c, a: not c.transfer_pending, lambda a: Q(transfer_pending=False)
)
INTENT_BASED_OR_RECORD = Guard(
    "not_intent_based",
    lambda c, a: c.kind == "record" or is_intent_based(c),
    lambda a: Q(kind="record") | Q(intent__isnull=False) | Q(queue__intent_based=True),
)
NOT_OWN = Guard(
    "own_conversation",
    lambda c, a: c.representative_id is None or c.representative_id != a.representative_id,
    lambda a: (
        Q(representative=None) | ~Q(representative_id=a.representative_id)
        if a.representative_id
        else Q(pk__isnull=False)
    ),
)
NOT_MINE_YET = Guard("own_already", NOT_OWN.holds, NOT_OWN.condition)
CONSENT = Guard(
    "no_consent",
    lambda c, a: not c.consent_required or c.monitoring_consent is True,
    lambda a: ~Q(consent_required()) | Q(monitoring_consent__isnull=False, monitoring_consent=True),
)
MONITORING = Guard("not_monitoring", lambda c, a: c.monitored_by_actor, lambda a: Q(monitored_by(a)))
JOINED = Guard("not_joined", lambda c, a: c.joined_by_actor, lambda a: Q(joined_by(a)))
NOT_JOINED = Guard("joined_already", lambda c, a: not c.joined_by_actor, lambda a: ~Q(joined_by(a)))
ROOM_TO_JOIN = Guard("too_many_consultants", lambda c, a: not c.consultants_full, lambda a: ~Q(consultants_full()))
NOT_OPTED_OUT = Guard(
    "opted_out",
    lambda c, a: c.customer is None or c.customer.opted_out_at is None,
    lambda a: Q(customer=None) | Q(customer__opted_out_at=None),
)
WHATSAPP_OPEN = Guard(
    "whatsapp_window",
    lambda c, a: c.channel != Channel.WHATSAPP or _is_fresh(c.last_customer_message_at) or c.customer_wrote_lately,
    lambda a: (
        ~Q(channel=Channel.WHATSAPP)
        | Q(last_customer_message_at__isnull=False, last_customer_message_at__gt=_window_start())
        | Q(_wrote_lately())
    ),
)
HAS_PERSON = Guard(
    "no_representative",
    lambda c, a: c.representative is not None and c.representative.type == Representative.Type.PERSON,
    lambda a: Q(representative__isnull=False) & Q(representative__type=Representative.Type.PERSON),
)
HAS_ACCOUNT = Guard(
    "no_account",
    lambda c, a: c.representative is not None and c.representative.membership_id is not None,
    lambda a: Q(representative__membership__isnull=False),
)
PERSISTENT = Guard("not_persistent", lambda c, a: c.mode == Mode.PERSISTENT, lambda a: Q(mode=Mode.PERSISTENT))
MINE = Guard(
    "not_yours",
    lambda c, a: a.representative_id is not None and c.representative_id == a.representative_id,
    lambda a: Q(representative_id=a.representative_id) if a.representative_id else Q(pk__isnull=True),
)
CONSULTING = Guard("not_consulting", lambda c, a: c.consulted_by_actor, lambda a: Q(consulted_by(a)))
MINE_OR_CONSULTING = Guard(
    MINE.code,
    lambda c, a: MINE.holds(c, a) or CONSULTING.holds(c, a),
    lambda a: MINE.condition(a) | CONSULTING.condition(a),
)
OFFERED_TO_ME = Guard("not_offered", lambda c, a: c.offered_to_actor, lambda a: Q(offered_to(a)))
SERVES_QUEUE = Guard("not_in_queue", lambda c, a: c.queue_served_by_actor, lambda a: Q(queue_served_by(a)))
PICKABLE = Guard(
    "no_picking",
    lambda c, a: c.work_stream.picking_allowed or c.work_stream.distribution == WorkStream.Distribution.PICK,
    lambda a: Q(work_stream__picking_allowed=True) | Q(work_stream__distribution=WorkStream.Distribution.PICK),
)
HAND_DOWN = Guard("hand_raised", lambda c, a: c.hand_raised_at is None, lambda a: Q(hand_raised_at=None))
HAND_UP = Guard("hand_not_raised", lambda c, a: c.hand_raised_at is not None, lambda a: Q(hand_raised_at__isnull=False))
NOT_GIVEN_UP = Guard(
    "declined_too_often",
    lambda c, a: c.decline_count < MOST_DECLINES,
    lambda a: Q(decline_count__lt=MOST_DECLINES),
)
