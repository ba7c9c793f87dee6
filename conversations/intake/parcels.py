"""What intake is given and what it answers; values only."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from django.db import IntegrityError, transaction

from contact_center.errors import Conflict, DomainError
from conversations.models import Conversation
from conversations.states import Priority


@dataclass(frozen=True, slots=True)
class CustomerParcel:
    external_id: str
    name: str
    email: str = ""


@dataclass(frozen=True, slots=True)
class ConversationParcel:
    """A customer who writes for the first time; names are those the caller uses."""

    external_id: str
    work_stream: str
    subject: str
    customer: CustomerParcel
    message: str
    priority: int = Priority.NORMAL
    intent: str = ""
    skills: dict[str, int] = field(default_factory=dict)
    by_ai_agent: bool = False
    # The conversation it goes on from, where the caller knows that it is over.
    previous: Conversation | None = None


@dataclass(frozen=True, slots=True)
class RecordParcel:
    """A case, e-mail or activity that is routed. `queue` is a name or an id, `work_stream` a slug; one may be empty."""

    external_id: str
    record_type: str
    title: str
    case_number: str = ""
    regarding: str = ""
    queue: str = ""
    work_stream: str = ""
    priority: int = Priority.NORMAL
    customer: CustomerParcel | None = None


@dataclass(frozen=True, slots=True)
class MessageParcel:
    """`representative` is an e-mail address; empty for the customer's message."""

    conversation_id: int
    external_id: str
    text: str
    representative: str = ""


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of a parcel: where it is now, or why it was refused. `created` is false for what existed already."""

    conversation: Conversation | None = None
    message_id: int = 0
    created: bool = False
    error: DomainError | None = None


class Overtaken(IntegrityError):
    """What was locked turned out to need other locks first."""


Answer = TypeVar("Answer")
ATTEMPTS = 3


def once_more_when_overtaken(work: Callable[[int], Answer]) -> Answer:
    """Run `work` with the number of the attempt; when another transaction stored the same external id meanwhile, run it
    again and find that one.

    Raises Conflict when that happens again and again.
    """
    for attempt in range(ATTEMPTS):
        try:
            with transaction.atomic():
                return work(attempt)
        except IntegrityError as error:
            overtaken = error
    raise Conflict("The same external_id is being stored by another call; repeat this one.") from overtaken
