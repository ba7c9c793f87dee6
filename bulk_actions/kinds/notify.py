"""Notify CSR: a title and a message for the representatives behind the conversations, each told once."""

from collections.abc import Mapping
from typing import Any

from bulk_actions.kinds.run_kind import RunKind, Typed, named
from bulk_actions.kinds.writing import WritingForm, extras, text_field
from bulk_actions.models import BulkAction
from bulk_actions.previewing import first_reached, representatives_reached
from contact_center.tenancy.access import Actor
from contact_center.tenancy.models import Organization
from conversations.models import MessageTemplate
from conversations.outgoing import MESSAGE_LENGTH, TITLE_LENGTH, notification, values_for_representative
from conversations.rules import Action


class NotifyForm(WritingForm):
    title = text_field()
    text = text_field()

    def check(self, typed: Mapping[str, Any]) -> dict[str, str]:
        title, text = notification(typed)
        return {"title": title, "text": text}


def _extras(run: BulkAction, actor: Actor, typed: Typed) -> dict[str, Any]:
    first = first_reached(run)
    organization = Organization.objects.get(pk=actor.organization_id).name
    return {
        "reached": representatives_reached(run),
        **extras(
            MessageTemplate.Use.NOTIFY,
            typed,
            fields=(("title", "Title", TITLE_LENGTH), ("text", "Message", MESSAGE_LENGTH)),
            reader=first.name if first else "",
            values=values_for_representative(first, organization) if first else {},
        ),
    }


def _title(run: BulkAction, target: str) -> str:
    """As typed; before that the action and its target."""
    return run.parameters.get("title") or named(run, target)


def _done(run: BulkAction, target: str) -> str:
    return f"The representative of {target} is notified"


def _recipients(run: BulkAction, actor: Actor) -> int:
    return representatives_reached(run).number


KIND = RunKind(
    action=Action.NOTIFY,
    form=NotifyForm,
    template="conversations/_notify_dialog.html",
    heading="Notify CSR ·",
    passive="reached",
    started="Notifying the representatives has started",
    icon="notify",
    done=_done,
    title=_title,
    extras=_extras,
    recipients=_recipients,
    recipient="representative",
    parameters=(("Title", "title"), ("Message", "text")),
    words=("title", "text"),
)
