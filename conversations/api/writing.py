"""The calls that write: conversations, messages, ends."""

from typing import Annotated, Any

from django.utils import timezone
from ninja import Path, Status
from pydantic import TypeAdapter, ValidationError

from contact_center.tenancy.api_keys import ApiRequest
from conversations import intake
from conversations.api import answers
from conversations.api.auth import INTAKE
from conversations.api.errors import invalid
from conversations.api.router import router
from conversations.api.schemas import (
    PRIORITIES,
    BatchIn,
    BatchMessageIn,
    BatchOut,
    ConversationIn,
    ConversationReceipt,
    ElevateIn,
    EndIn,
    ErrorOut,
    MessageIn,
    MessageReceipt,
)

# Beyond what the database can count to there is certainly no conversation.
ConversationId = Annotated[int, Path(description="The conversation's id.", examples=[2041])]
LARGEST_ID = 2**63 - 1
ERRORS = {status: ErrorOut for status in (400, 401, 403, 409, 413, 422, 429)}
ITEM = TypeAdapter(BatchMessageIn)


@router.post(
    "/conversations",
    auth=INTAKE,
    tags=["Intake"],
    response={201: ConversationReceipt, 200: ConversationReceipt, **ERRORS},
    operation_id="create_conversation",
    summary="Open a conversation",
)
def create_conversation(request: ApiRequest, payload: ConversationIn) -> Any:
    """Opens a conversation with the customer's first message: 201.

    The same `external_id` again answers 200 with what exists. A customer with an ongoing conversation on a persistent
    work stream gets the message added to that one: 200 with its id.
    """
    (receipt,) = intake.receive_conversations(
        [_conversation_parcel(payload)], actor=request.api_caller.actor, now=timezone.now()
    )
    if receipt.error is not None:
        raise receipt.error
    assert receipt.conversation is not None  # noqa: S101 - a receipt has one or the other
    return Status(
        201 if receipt.created else 200, answers.conversation_receipt(receipt.conversation, payload.external_id)
    )


def _conversation_parcel(payload: ConversationIn) -> intake.ConversationParcel:
    customer = payload.customer
    return intake.ConversationParcel(
        external_id=payload.external_id,
        work_stream=payload.work_stream,
        subject=payload.subject,
        customer=intake.CustomerParcel(customer.external_id, customer.name, customer.email or ""),
        message=payload.message,
        priority=PRIORITIES[payload.priority],
        intent=payload.intent or "",
        skills={skill.name: skill.proficiency for skill in payload.skills},
        by_ai_agent=payload.handled_by == "ai_agent",
    )


@router.post(
    "/conversations/{int:conversation_id}/messages",
    auth=INTAKE,
    tags=["Intake"],
    response={201: MessageReceipt, 200: MessageReceipt, 404: ErrorOut, **ERRORS},
    operation_id="create_message",
    summary="Add a message",
)
def create_message(request: ApiRequest, conversation_id: ConversationId, payload: MessageIn) -> Any:
    """Stores one message of the customer or of a representative: 201; the same `external_id` again: 200.

    A representative's message picks an Open conversation, rejoins a Waiting one they left, and accepts an offer made to
    them; where another representative holds the conversation it is refused. A customer's message to a Waiting
    conversation opens it again; to a Closed one it opens a linked conversation, whose id is in the answer.
    """
    (receipt,) = intake.receive_messages(
        [_message_parcel(_sane(conversation_id), payload)], actor=request.api_caller.actor, now=timezone.now()
    )
    return Status(201 if receipt.created else 200, answers.message_receipt(receipt, payload.external_id))


def _message_parcel(conversation_id: int, payload: MessageIn) -> intake.MessageParcel:
    return intake.MessageParcel(conversation_id, payload.external_id, payload.text, payload.representative or "")


def _sane(conversation_id: int) -> int:
    if conversation_id > LARGEST_ID:
        raise answers.no_conversation()
    return conversation_id


@router.post(
    "/messages/batch",
    auth=INTAKE,
    tags=["Intake"],
    response={200: BatchOut, **ERRORS},
    operation_id="create_messages",
    summary="Add up to 1,000 messages",
    exclude_none=True,
)
def create_messages(request: ApiRequest, payload: BatchIn) -> Any:
    """Stores up to 1,000 messages, each as the single call would, in the order given.

    The answer has one entry for each; one that is refused stops no other. The same batch may be sent again.
    """
    found: dict[int, dict[str, Any]] = {}
    parcels: dict[int, intake.MessageParcel] = {}
    for position, given in enumerate(payload.messages):
        try:
            item = ITEM.validate_python(given)
        except ValidationError as error:
            refusal = invalid(error.errors(include_url=False, include_input=False))
            found[position] = answers.refused(position, refusal.status, refusal.body())
        else:
            parcels[position] = _message_parcel(item.conversation, item)
    receipts = intake.receive_messages(list(parcels.values()), actor=request.api_caller.actor, now=timezone.now())
    for (position, parcel), receipt in zip(parcels.items(), receipts, strict=True):
        found[position] = answers.batch_answer(position, receipt, parcel.external_id)
    ordered = [found[position] for position in range(len(payload.messages))]
    statuses = [answer["status"] for answer in ordered]
    stored, repeated = statuses.count(201), statuses.count(200)
    return Status(
        200,
        {"stored": stored, "repeated": repeated, "refused": len(ordered) - stored - repeated, "answers": ordered},
    )


@router.post(
    "/conversations/{int:conversation_id}/end",
    auth=INTAKE,
    tags=["Intake"],
    response={200: ConversationReceipt, 404: ErrorOut, **ERRORS},
    operation_id="end_conversation",
    summary="End a conversation",
)
def end_conversation(request: ApiRequest, conversation_id: ConversationId, payload: EndIn) -> Any:
    """The customer left or the representative ended the talk.

    A customer who leaves before anybody accepted closes the conversation; one in talk goes to wrap-up. A persistent
    conversation is ended by its representative only. One that is over already stays as it is.
    """
    row = intake.end(
        _sane(conversation_id),
        by_customer=payload.by == "customer",
        actor=request.api_caller.actor,
        now=timezone.now(),
    )
    return Status(200, answers.conversation_receipt(row))


@router.post(
    "/conversations/{int:conversation_id}/escalate",
    auth=INTAKE,
    tags=["Intake"],
    response={200: ConversationReceipt, 404: ErrorOut, **ERRORS},
    operation_id="escalate_conversation",
    summary="Escalate from an AI agent to people",
)
def escalate_conversation(request: ApiRequest, conversation_id: ConversationId) -> Any:
    """The AI agent hands over: the conversation is Open in its queue and offered to people.

    The same call again changes nothing. One that no AI agent holds, or that is closed, is refused with the reason.
    """
    row = intake.escalate(_sane(conversation_id), actor=request.api_caller.actor, now=timezone.now())
    return Status(200, answers.conversation_receipt(row))


@router.post(
    "/conversations/{int:conversation_id}/elevate",
    auth=INTAKE,
    tags=["Intake"],
    response={200: ConversationReceipt, 404: ErrorOut, **ERRORS},
    operation_id="elevate_conversation",
    summary="Elevate to voice or video",
)
def elevate_conversation(request: ApiRequest, conversation_id: ConversationId, payload: ElevateIn) -> Any:
    """The talk goes on by voice or video; from then on supervisors can't transfer it.

    Only a messaging conversation in which somebody is talking. The same again changes nothing.
    """
    row = intake.elevate(_sane(conversation_id), payload.to, actor=request.api_caller.actor, now=timezone.now())
    return Status(200, answers.conversation_receipt(row))
