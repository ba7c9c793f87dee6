"""Assign and Transfer, each to a representative or to a queue: two dialogs with two tabs, and so four kinds."""

from typing import Any

from django import forms

from bulk_actions.kinds.run_kind import RunForm, RunKind, Typed
from bulk_actions.models import BulkAction
from bulk_actions.work_item import dialog
from contact_center.tenancy.access import Actor
from conversations.rules import Action
from conversations.rules.targets import has_members, why_no_queue
from conversations.work_item.presenters import units
from routing.eligibility import with_account
from routing.kinds import Kind
from routing.models import Queue, Representative

TEMPLATE = "bulk_actions/_work_item_dialog.html"
GONE = "This choice is no longer offered. Choose another."


class PersonForm(RunForm):
    representative: "forms.ModelChoiceField[Representative]" = forms.ModelChoiceField(
        queryset=None, error_messages={"required": "Choose a representative.", "invalid_choice": GONE}
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = Representative.objects.filter(with_account(), is_active=True)
        self.fields["representative"].queryset = people  # type: ignore[attr-defined]

    def parameters(self) -> dict[str, Any]:
        person = self.cleaned_data["representative"]
        return {"representative": person.pk, "representative_label": person.name}


class QueueForm(RunForm):
    queue: "forms.ModelChoiceField[Queue]" = forms.ModelChoiceField(
        queryset=None, error_messages={"required": "Choose a queue.", "invalid_choice": GONE}
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["queue"].queryset = Queue.objects.annotate(staffed=has_members())  # type: ignore[attr-defined]

    def clean_queue(self) -> Queue:
        """Of many, nothing is started when the queue could take none of them; one is judged under its lock."""
        queue: Queue = self.cleaned_data["queue"]
        staffed = getattr(queue, "staffed", False)
        if not self.run.single and (refusal := why_no_queue(queue, Kind.MESSAGING, has_members=staffed)):
            raise forms.ValidationError(refusal.sentence, code=refusal.code)
        return queue

    def parameters(self) -> dict[str, Any]:
        queue = self.cleaned_data["queue"]
        unseen = self.actor.queue_ids is not None and queue.pk not in self.actor.queue_ids
        return {"queue": queue.pk, "queue_label": queue.name, "leaves_list": unseen}


def _extras(run: BulkAction, actor: Actor, typed: Typed) -> dict[str, Any]:
    return dialog.context(run, actor, typed)


def _title(run: BulkAction, target: str) -> str:
    to = run.parameters.get("representative_label") or run.parameters.get("queue_label")
    words = Action(run.action).label
    return f"{words} to {to}: {target}" if to else f"{words}: {target}"


def _offered(run: BulkAction, target: str) -> str:
    """With by how much the representative's units are exceeded now."""
    name = run.parameters.get("representative_label", "")
    words = f"{target} was offered to {name}"
    after = run.items.values_list("after", flat=True).first() or {}
    return f"{words}, who now exceeds by {units(over)}" if (over := after.get("exceeds_by")) else words


def _moved(run: BulkAction, target: str) -> str:
    done = "assigned" if run.action in dialog.ASSIGNS else "transferred"
    words = f"{target} was {done} to {run.parameters.get('queue_label', '')}"
    return f"{words} and left your list, because you don’t see that queue" if run.parameters["leaves_list"] else words


_TO_PERSON: dict[str, Any] = {
    "form": PersonForm,
    "done": _offered,
    "parameters": (("Representative", "representative_label"),),
}
_TO_QUEUE: dict[str, Any] = {"form": QueueForm, "done": _moved, "parameters": (("Queue", "queue_label"),)}
_SAME: dict[str, Any] = {"template": TEMPLATE, "title": _title, "extras": _extras}
_ASSIGN: dict[str, Any] = {
    **_SAME,
    "heading": "Assign",
    "passive": "assigned",
    "started": "Assign started",
    "icon": "assign",
    "choices": (Action.ASSIGN_TO_REPRESENTATIVE, Action.ASSIGN_TO_QUEUE),
}
_TRANSFER: dict[str, Any] = {
    **_SAME,
    "heading": "Transfer",
    "passive": "transferred",
    "started": "Transfer started",
    "icon": "transfer",
    "choices": (Action.TRANSFER_TO_REPRESENTATIVE, Action.TRANSFER_TO_QUEUE),
}

KINDS = (
    RunKind(action=Action.ASSIGN_TO_REPRESENTATIVE, **_ASSIGN, **_TO_PERSON),
    RunKind(action=Action.ASSIGN_TO_QUEUE, **_ASSIGN, **_TO_QUEUE),
    RunKind(action=Action.TRANSFER_TO_REPRESENTATIVE, **_TRANSFER, **_TO_PERSON),
    RunKind(action=Action.TRANSFER_TO_QUEUE, **_TRANSFER, **_TO_QUEUE),
)
