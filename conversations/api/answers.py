"""Rows and receipts as the calls answer them."""

from collections.abc import Sequence
from typing import Any

from contact_center.errors import NotFound
from conversations.api.errors import of_domain_error
from conversations.api.schemas import PRIORITY_NAMES
from conversations.api.texts import RESERVED_PREFIX
from conversations.intake import Receipt
from conversations.masking import mask
from conversations.models import Conversation, Message

NAMES = ("work_stream", "queue", "representative", "customer", "intent", "record")
RECORD_FIELDS = ("external_id", "record_type", "case_number", "regarding", "resolved_at")


def no_conversation() -> NotFound:
    """A foreign organization's id looks exactly like one that does not exist."""
    return NotFound("There is no such conversation.")


def conversation_receipt(row: Conversation, external_id: str = "") -> dict[str, Any]:
    return {
        "id": row.pk,
        "number": row.number,
        "status": row.status,
        "external_id": external_id or row.external_id,
        "previous_id": row.previous_id,
    }


def message_receipt(receipt: Receipt, external_id: str) -> dict[str, Any]:
    """Raises the refusal, where there is one."""
    if receipt.error is not None:
        raise receipt.error
    assert receipt.conversation is not None  # noqa: S101 - a receipt has one or the other
    row = receipt.conversation
    return {
        "id": receipt.message_id,
        "external_id": external_id,
        "conversation_id": row.pk,
        "number": row.number,
        "status": row.status,
        "previous_id": row.previous_id,
    }


def batch_answer(position: int, receipt: Receipt, external_id: str) -> dict[str, Any]:
    if receipt.error is not None:
        error = of_domain_error(receipt.error)
        return refused(position, error.status, error.body())
    status = 201 if receipt.created else 200
    return {"position": position, "status": status, "message": message_receipt(receipt, external_id)}


def refused(position: int, status: int, error: dict[str, object]) -> dict[str, Any]:
    return {"position": position, "status": status, "error": error}


def described(ids: Sequence[int]) -> list[dict[str, Any]]:
    """The conversations with all their names, in the order of the ids. One query."""
    rows = Conversation.objects.select_related(*NAMES).in_bulk(ids)
    return [conversation_out(rows[pk]) for pk in ids if pk in rows]


def conversation_out(row: Conversation) -> dict[str, Any]:
    fields = ("subject", "status", "status_reason", "kind", "channel", "mode", "external_id", "previous_id")
    clocks = ("created_at", "queued_at", "accepted_at", "last_customer_message_at", "closed_at")
    person, customer, record = row.representative, row.customer, row.record
    return {name: getattr(row, name) for name in (*fields, *clocks)} | {
        "id": row.pk,
        "number": row.number,
        "work_stream": row.work_stream.slug,
        "queue": {"id": row.queue_id, "name": row.queue.name},
        "representative": person and {"name": person.name, "email": person.email},
        "customer": customer and {"external_id": customer.external_id, "name": customer.name, "email": customer.email},
        "record": record and {name: getattr(record, name) for name in RECORD_FIELDS},
        "priority": PRIORITY_NAMES[row.priority],
        "intent": row.intent and row.intent.name,
    }


def message_out(row: Message) -> dict[str, Any]:
    external_id = row.external_id.removeprefix(RESERVED_PREFIX)
    fields = {name: getattr(row, name) for name in ("id", "author", "created_at")}
    return fields | {"text": mask(row.text), "external_id": external_id}
