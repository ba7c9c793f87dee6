"""The calls about records: cases, e-mails and activities that are routed, and resolved where they are kept."""

from typing import Any

from django.utils import timezone
from ninja import Status

from contact_center.errors import NotFound
from contact_center.tenancy.api_keys import ApiRequest
from conversations import intake
from conversations.api.auth import INTAKE
from conversations.api.record_schemas import RecordIn, RecordReceipt
from conversations.api.router import router
from conversations.api.schemas import PRIORITIES, ErrorOut
from conversations.api.writing import ERRORS, LARGEST_ID, ConversationId
from conversations.models import Conversation


@router.post(
    "/records",
    auth=INTAKE,
    tags=["Records"],
    response={201: RecordReceipt, 200: RecordReceipt, **ERRORS},
    operation_id="create_record",
    summary="Route a record",
)
def create_record(request: ApiRequest, payload: RecordIn) -> Any:
    """Opens a conversation about a case, an e-mail or an activity, in a queue or by a work stream: 201.

    The same `external_id` again answers 200 with what exists, also when its conversation is closed by now.
    """
    (receipt,) = intake.receive_records([record_parcel(payload)], actor=request.api_caller.actor, now=timezone.now())
    if receipt.error is not None:
        raise receipt.error
    assert receipt.conversation is not None  # noqa: S101 - a receipt has one or the other
    return Status(201 if receipt.created else 200, record_receipt(receipt.conversation))


def record_parcel(payload: RecordIn) -> intake.RecordParcel:
    customer = payload.customer
    return intake.RecordParcel(
        external_id=payload.external_id,
        record_type=payload.record_type,
        title=payload.title,
        case_number=payload.case_number,
        regarding=payload.regarding,
        queue=payload.queue or "",
        work_stream=payload.work_stream or "",
        priority=PRIORITIES[payload.priority],
        customer=intake.CustomerParcel(customer.external_id, customer.name, customer.email or "") if customer else None,
    )


def record_receipt(row: Conversation) -> dict[str, Any]:
    assert row.record is not None  # noqa: S101 - only conversations of records come here
    return {
        "id": row.pk,
        "number": row.number,
        "status": row.status,
        "external_id": row.record.external_id,
        "record_type": row.record.record_type,
    }


@router.post(
    "/records/{int:conversation_id}/resolve",
    auth=INTAKE,
    tags=["Records"],
    response={200: RecordReceipt, 404: ErrorOut, **ERRORS},
    operation_id="resolve_record",
    summary="Resolve a record",
)
def resolve_record(request: ApiRequest, conversation_id: ConversationId) -> Any:
    """The record was resolved where it is kept: its conversation closes, whoever holds it is told.

    Repeated, nothing changes. A conversation that is closed already stays as it is.
    """
    if conversation_id > LARGEST_ID:
        raise NotFound("There is no such record.")
    row = intake.resolve_record(conversation_id, actor=request.api_caller.actor, now=timezone.now())
    return Status(200, record_receipt(row))
