"""Close queue, Reopen queue, Divert queue, End diverting, Set customer message: what a supervisor does to one queue."""

from typing import Any

from django import forms
from django.utils import timezone

from bulk_actions.kinds.run_kind import CONFIRM, RunForm, RunKind, Typed
from bulk_actions.models import BulkAction
from bulk_actions.subjects import QUEUES
from contact_center.tenancy.access import Actor
from conversations.floor.queues import CLOSED_FOR, MESSAGE_LENGTH, why_not_target
from conversations.models import Conversation
from conversations.rules.targets import has_members
from conversations.states import Status
from routing.floor import FloorAction
from routing.models import Queue
from routing.overflow import CLOSED_LINE

FOR = [("", "Until it is reopened")] + [
    (str(minutes), f"{minutes} minutes" if minutes < 60 else f"{minutes // 60} hour{'s' if minutes > 60 else ''}")
    for minutes in CLOSED_FOR
]
STAYS, MOVES = "stay", "move"


class TargetForm(RunForm):
    """`target` is asked for where work goes elsewhere."""

    target: "forms.ModelChoiceField[Queue]" = forms.ModelChoiceField(
        queryset=None, required=False, error_messages={"invalid_choice": "Choose a queue from the list."}
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["target"].queryset = Queue.objects.annotate(staffed=has_members())  # type: ignore[attr-defined]

    def check_target(self, *, needed: bool) -> None:
        """Said in the dialog, and asked once more under the lock."""
        queue, target = the_queue(self.run), self.cleaned_data.get("target")
        if not needed or queue is None or "target" in self.errors:
            return
        if target is None:
            self.add_error("target", "Choose a queue.")
        elif refusal := why_not_target(queue, target, staffed=target.staffed, now=timezone.now()):
            self.add_error("target", refusal[1])

    def target_parameters(self) -> dict[str, Any]:
        target = self.cleaned_data.get("target")
        return {"target": target.pk, "target_label": target.name} if target else {}


class CloseForm(TargetForm):
    minutes = forms.ChoiceField(
        choices=FOR, required=False, error_messages={"invalid_choice": "Choose how long it is closed."}
    )
    waiting = forms.ChoiceField(choices=[(STAYS, ""), (MOVES, "")], required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        self.check_target(needed=cleaned.get("waiting") == MOVES)
        return cleaned

    def parameters(self) -> dict[str, Any]:
        moves = self.cleaned_data.get("waiting") == MOVES
        words = f"Moves to {self.cleaned_data['target'].name}" if moves else "Stays in line"
        return {
            "minutes": self.cleaned_data.get("minutes") or "",
            "until_label": dict(FOR)[self.cleaned_data.get("minutes") or ""],
            "waiting_label": words,
            **(self.target_parameters() if moves else {}),
        }


class DivertForm(TargetForm):
    waiting = forms.BooleanField(required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        self.check_target(needed=True)
        return cleaned

    def parameters(self) -> dict[str, Any]:
        waiting = bool(self.cleaned_data.get("waiting"))
        words = "Goes along" if waiting else "Stays in line"
        return {"waiting": waiting, "waiting_label": words, **self.target_parameters()}


class QueueMessageForm(RunForm):
    text = forms.CharField(
        required=False,
        max_length=MESSAGE_LENGTH,
        error_messages={"max_length": f"Keep the message to {MESSAGE_LENGTH} characters."},
    )

    def parameters(self) -> dict[str, Any]:
        return {"text": self.cleaned_data["text"].replace("\0", "")}


def the_queue(run: BulkAction) -> Queue | None:
    return Queue.objects.filter(pk__in=run.items.values("target_id")).first()


def _waiting(run: BulkAction) -> int:
    return Conversation.objects.filter(queue__in=run.items.values("target_id"), status=Status.OPEN).count()


def _targets(run: BulkAction, typed: Typed) -> list[dict[str, Any]]:
    """Queues of the same type, each with why it can't be chosen. Those that can come first."""
    queue = the_queue(run)
    if queue is None:
        return []
    now, chosen = timezone.now(), str(typed.get("target") or "")
    rows = Queue.objects.filter(kind=queue.kind, is_active=True).exclude(pk=queue.pk).annotate(staffed=has_members())
    found = []
    for row in rows.order_by("name", "pk"):
        refusal = why_not_target(queue, row, staffed=row.staffed, now=now)
        reason = refusal[1] if refusal else ""
        found.append({"id": row.pk, "name": row.name, "reason": reason, "chosen": str(row.pk) == chosen})
    return sorted(found, key=lambda each: bool(each["reason"]))


def _close_extras(run: BulkAction, actor: Actor, typed: Typed) -> dict[str, Any]:
    queue = the_queue(run)
    diverted = Queue.objects.filter(diverts_to=queue).order_by("name").values_list("name", flat=True) if queue else []
    return {
        "lengths": [
            {"value": value, "label": label, "chosen": value == str(typed.get("minutes") or "")} for value, label in FOR
        ],
        "targets": _targets(run, typed),
        "moves": typed.get("waiting") == MOVES,
        "waiting_now": _waiting(run),
        "told": (queue.customer_message or CLOSED_LINE) if queue else "",
        "onward": str(queue.diverts_to) if queue and queue.diverts_to_id else "",
        "diverted_here": ", ".join(diverted),
    }


def _divert_extras(run: BulkAction, actor: Actor, typed: Typed) -> dict[str, Any]:
    return {"targets": _targets(run, typed), "goes_along": bool(typed.get("waiting")), "waiting_now": _waiting(run)}


def _message_extras(run: BulkAction, actor: Actor, typed: Typed) -> dict[str, Any]:
    queue = the_queue(run)
    text = typed.get("text", queue.customer_message if queue else "")
    return {"text": text, "text_length": MESSAGE_LENGTH, "usual": CLOSED_LINE}


def _reopen_extras(run: BulkAction, actor: Actor, typed: Typed) -> dict[str, Any]:
    queue = the_queue(run)
    return {"waiting_now": _waiting(run), "target": str(queue.diverts_to) if queue and queue.diverts_to_id else ""}


def _to_target(words: str) -> Any:
    def title(run: BulkAction, target: str) -> str:
        to = run.parameters.get("target_label")
        return f"{words} {target} to {to}" if to else f"{words} {target}"

    return title


_OF_ONE: dict[str, Any] = {"subject": QUEUES, "template": CONFIRM, "recipient": "queue", "icon": "queue"}
KINDS = (
    RunKind(
        action=FloorAction.CLOSE_QUEUE,
        form=CloseForm,
        details="bulk_actions/_close_queue_details.html",
        proceed="Close queue",
        heading="Close",
        passive="closed",
        started="Closing started",
        done=lambda run, target: f"{target} is closed",
        title=lambda run, target: f"Close queue {target}",
        extras=_close_extras,
        parameters=(("How long", "until_label"), ("What waits", "waiting_label")),
        **_OF_ONE,
    ),
    RunKind(
        action=FloorAction.REOPEN_QUEUE,
        form=RunForm,
        details="bulk_actions/_reopen_queue_details.html",
        proceed="Reopen",
        heading="Reopen",
        passive="reopened",
        started="Reopening started",
        done=lambda run, target: f"{target} is open again",
        title=lambda run, target: f"Reopen queue {target}",
        extras=_reopen_extras,
        **_OF_ONE,
    ),
    RunKind(
        action=FloorAction.DIVERT_QUEUE,
        form=DivertForm,
        details="bulk_actions/_divert_queue_details.html",
        proceed="Divert",
        heading="Divert",
        passive="diverted",
        started="Diverting started",
        done=lambda run, target: f"{target} diverts to {run.parameters.get('target_label', '')}",
        title=_to_target("Divert queue"),
        extras=_divert_extras,
        parameters=(("Diverts to", "target_label"), ("What waits", "waiting_label")),
        **_OF_ONE,
    ),
    RunKind(
        action=FloorAction.END_DIVERTING,
        form=RunForm,
        details="bulk_actions/_end_diverting_details.html",
        proceed="End diverting",
        heading="End the diverting of",
        passive="taking its own work again",
        started="Ending the diverting started",
        done=lambda run, target: f"{target} takes its own work again",
        title=lambda run, target: f"End diverting of queue {target}",
        extras=_reopen_extras,
        **_OF_ONE,
    ),
    RunKind(
        action=FloorAction.SET_QUEUE_MESSAGE,
        form=QueueMessageForm,
        details="bulk_actions/_queue_message_details.html",
        proceed="Save",
        heading="Customer message of",
        passive="given the message",
        started="Setting the message started",
        done=lambda run, target: f"The message of {target} was set",
        title=lambda run, target: f"Set customer message of queue {target}",
        extras=_message_extras,
        parameters=(("Message", "text"),),
        words=("text",),
        **_OF_ONE,
    ),
)
