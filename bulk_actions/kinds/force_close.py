"""Force Close: a reason from the organization's list, and a note for colleagues."""

from typing import Any

from django import forms

from bulk_actions.kinds.run_kind import CONFIRM, RunForm, RunKind, Typed, TypedText
from bulk_actions.models import BulkAction
from contact_center.tenancy.access import Actor
from conversations.models import ForceCloseReason
from conversations.rules import Action

NOTE_LENGTH = 500
NO_REASONS = "Your organization has no reasons for a force close yet. Ask an administrator to add one."


class ForceCloseForm(RunForm):
    reason: "forms.ModelChoiceField[ForceCloseReason]" = forms.ModelChoiceField(
        queryset=None,
        error_messages={
            "required": "Choose a reason.",
            "invalid_choice": "This reason is no longer offered. Choose another.",
        },
    )
    note = TypedText(
        required=False,
        max_length=NOTE_LENGTH,
        error_messages={"max_length": f"The note is longer than {NOTE_LENGTH} characters. Shorten it."},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].queryset = ForceCloseReason.objects.filter(is_active=True)  # type: ignore[attr-defined]

    def parameters(self) -> dict[str, Any]:
        reason = self.cleaned_data["reason"]
        return {"reason": reason.pk, "reason_label": reason.label, "note": self.cleaned_data["note"]}


def _extras(run: BulkAction, actor: Actor, typed: Typed) -> dict[str, Any]:
    reasons = list(ForceCloseReason.objects.filter(is_active=True))
    return {
        "reasons": [
            {"id": reason.pk, "label": reason.label, "chosen": str(reason.pk) == typed.get("reason")}
            for reason in reasons
        ],
        "note": typed.get("note", ""),
        "impossible": "" if reasons else NO_REASONS,
    }


def _done(run: BulkAction, target: str) -> str:
    return f"{target} force closed"


KIND = RunKind(
    action=Action.FORCE_CLOSE,
    form=ForceCloseForm,
    template=CONFIRM,
    details="conversations/_force_close_details.html",
    proceed="Proceed",
    is_final=True,
    heading="Force close",
    passive="closed",
    started="Force close started",
    icon="force-close",
    done=_done,
    extras=_extras,
    parameters=(("Reason", "reason_label"), ("Note", "note")),
    words=("note",),
)
