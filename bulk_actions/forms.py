"""What a person enters before Proceed."""

from typing import Any

from django import forms

from conversations.models import ForceCloseReason

NOTE_LENGTH = 500


class ForceCloseForm(forms.Form):
    """A reason from the organization's list, and a note for colleagues."""

    reason: "forms.ModelChoiceField[ForceCloseReason]" = forms.ModelChoiceField(
        queryset=None,
        error_messages={
            "required": "Choose a reason.",
            "invalid_choice": "This reason is no longer offered. Choose another.",
        },
    )
    note = forms.CharField(
        required=False,
        max_length=NOTE_LENGTH,
        error_messages={"max_length": f"The note is longer than {NOTE_LENGTH} characters. Shorten it."},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].queryset = ForceCloseReason.objects.filter(is_active=True)  # type: ignore[attr-defined]

    def parameters(self) -> dict[str, Any]:
        """As the action takes them; the label is kept as it read at the time."""
        reason = self.cleaned_data["reason"]
        return {"reason": reason.pk, "reason_label": reason.label, "note": self.cleaned_data["note"]}

    def sentences(self) -> dict[str, str]:
        """The first error of each field, for the dialog."""
        return {name: str(errors[0]) for name, errors in self.errors.items()}
