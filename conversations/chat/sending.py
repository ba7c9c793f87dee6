"""What a visitor asks and writes goes in by the one way in; what has ended is followed by a linked conversation."""

from typing import Any

from django.utils import timezone

from contact_center.errors import DomainError, NotFound
from conversations.chat.access import ChatRequest
from conversations.chat.standing import is_over
from conversations.intake.conversations import FIRST_MESSAGE, receive_conversations
from conversations.intake.messages import receive_messages
from conversations.intake.parcels import ConversationParcel, CustomerParcel, MessageParcel, Receipt
from conversations.masking import mask
from conversations.models import Conversation, Message

SUBJECT_LENGTH = 120


def start(request: ChatRequest, current: Conversation | None, said: dict[str, Any]) -> Conversation | DomainError:
    """A question opens a conversation; where one goes on already, in another tab say, it is added there."""
    once, question = request.visitor.once(said["token"]), said["question"]
    if current is not None and _is_stored(once):
        return current
    if current is not None and not is_over(current):
        return _added(request, current, once, question)
    return _opened(request, current, once, name=said["name"], subject=question, question=question)


def send(request: ChatRequest, current: Conversation, said: dict[str, Any]) -> Conversation | DomainError:
    """Added to the conversation. In Wrap-up nobody would answer any more, so that another one follows there too."""
    once = request.visitor.once(said["token"])
    if _is_stored(once):
        return current
    if not is_over(current):
        return _added(request, current, once, said["text"])
    name = current.customer_name or "Visitor"
    return _opened(request, current, once, name=name, subject=current.subject, question=said["text"])


def _is_stored(once: str) -> bool:
    """Sent again, perhaps after the conversation it went to has ended."""
    return Message.objects.filter(external_id__in=(once, FIRST_MESSAGE + once)).exists()


def _added(request: ChatRequest, current: Conversation, once: str, text: str) -> Conversation | DomainError:
    parcel = MessageParcel(conversation_id=current.pk, external_id=once, text=text)
    return _found(receive_messages([parcel], actor=request.customer, now=timezone.now())[0])


def _opened(
    request: ChatRequest, previous: Conversation | None, once: str, *, name: str, subject: str, question: str
) -> Conversation | DomainError:
    parcel = ConversationParcel(
        external_id=once,
        work_stream=request.stream.slug,
        # Lists show the subject to everybody, and whole numbers to nobody.
        subject=mask((subject.splitlines() or [""])[0])[:SUBJECT_LENGTH],
        customer=CustomerParcel(external_id=request.visitor.external_id, name=name),
        message=question,
        previous=previous,
    )
    return _found(receive_conversations([parcel], actor=request.customer, now=timezone.now())[0])


def _found(receipt: Receipt) -> Conversation | DomainError:
    return receipt.conversation or receipt.error or NotFound("There is no such conversation.")
