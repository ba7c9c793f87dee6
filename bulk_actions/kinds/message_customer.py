"""Message Customer: one text in the organization's name, filled for each customer it reaches."""

from collections.abc import Mapping
from typing import Any

from bulk_actions.kinds.run_kind import RunKind, Typed
from bulk_actions.kinds.writing import WritingForm, extras, text_field
from bulk_actions.models import BulkAction
from bulk_actions.previewing import customers_reached, eligible_conversations, moving_to_waiting
from contact_center.tenancy.access import Actor
from contact_center.tenancy.models import Organization
from conversations.models import MessageTemplate
from conversations.outgoing import MESSAGE_LENGTH, message_to_customers, values_for_customer
from conversations.rules import Action


class MessageForm(WritingForm):
    text = text_field()

    def check(self, typed: Mapping[str, Any]) -> dict[str, str]:
        return {"text": message_to_customers(typed)}


def _extras(run: BulkAction, actor: Actor, typed: Typed) -> dict[str, Any]:
    first = eligible_conversations(run).order_by("pk").first()
    organization = Organization.objects.get(pk=actor.organization_id).name
    return {
        "reached": customers_reached(run),
        "moving_to_waiting": moving_to_waiting(run),
        "organization_name": organization,
        **extras(
            MessageTemplate.Use.MESSAGE,
            typed,
            fields=(("text", "Message", MESSAGE_LENGTH),),
            reader=first.customer_name or "the customer" if first else "",
            values=values_for_customer(first, organization) if first else {},
        ),
    }


def _done(run: BulkAction, target: str) -> str:
    return f"Message sent to the customer of {target}"


def _recipients(run: BulkAction, actor: Actor) -> int:
    return customers_reached(run).number


KIND = RunKind(
    action=Action.MESSAGE_CUSTOMER,
    form=MessageForm,
    template="conversations/_message_customer_dialog.html",
    heading="Message Customer ·",
    passive="messaged",
    started="Sending the messages has started",
    icon="message-customer",
    done=_done,
    extras=_extras,
    recipients=_recipients,
    recipient="customer",
    parameters=(("Message", "text"),),
    words=("text",),
)
