"""Deliveries of a step: its messages and its event, with keys that make a repeated delivery harmless."""

import uuid
from datetime import datetime

from conversations.actions.step import Step
from conversations.models import Message, OutboxEntry, WebhookEndpoint
from conversations.states import Author


def write(steps: list[Step], *, now: datetime, operation_id: uuid.UUID) -> None:
    """Store the messages of the steps, then one row per delivery, each set with one INSERT."""
    Message.objects.bulk_create([message for step in steps for message in step.messages])
    endpoints = list(WebhookEndpoint.objects.filter(is_active=True)) if any(step.event for step in steps) else []
    entries = [entry for step in steps for entry in _entries(step, endpoints, now, operation_id)]
    OutboxEntry.objects.bulk_create(entries)


def _entries(step: Step, endpoints: list[WebhookEndpoint], now: datetime, operation_id: uuid.UUID) -> list[OutboxEntry]:
    pk = step.conversation.pk
    entries = [
        OutboxEntry(
            kind=OutboxEntry.Kind.CUSTOMER_MESSAGE,
            conversation_id=pk,
            message_id=message.pk,
            idempotency_key=f"{operation_id}:{pk}:message:{position}",
            created_at=now,
            due_at=now,
        )
        for position, message in enumerate(step.messages)
        if _reaches_customer(message)
    ]
    entries += [
        OutboxEntry(
            kind=OutboxEntry.Kind.EMAIL,
            conversation_id=pk,
            message_id=message.pk,
            payload={"to": step.email_to},
            idempotency_key=f"{operation_id}:{pk}:email:{position}",
            created_at=now,
            due_at=now,
        )
        for position, message in enumerate(step.messages)
        if step.email_to and _reaches_customer(message)
    ]
    entries += [
        OutboxEntry(
            kind=OutboxEntry.Kind.EVENT,
            event=step.event,
            endpoint=endpoint,
            conversation_id=pk,
            payload={"before": step.before(), "after": step.after()},
            idempotency_key=f"{operation_id}:{pk}:{step.event}:{endpoint.pk}",
            created_at=now,
            due_at=now,
        )
        for endpoint in endpoints
        if step.event and (not endpoint.events or step.event in endpoint.events)
    ]
    return entries


def _reaches_customer(message: Message) -> bool:
    """Internal messages never leave; the customer's own need not come back."""
    return message.visibility == Message.Visibility.PUBLIC and message.author != Author.CUSTOMER
