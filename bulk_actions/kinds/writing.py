"""What Message Customer and Notify CSR share: their fields, templates, placeholders and the first reader."""

from collections.abc import Mapping
from typing import Any

from django import forms

from bulk_actions.kinds.run_kind import RunForm, Typed
from contact_center.errors import Invalid
from conversations.models import MessageTemplate


class WritingForm(RunForm):
    """Fields that take any text: the limits are those that the action itself checks."""

    def check(self, typed: Mapping[str, Any]) -> dict[str, str]:
        """The texts as they will be sent. Raises Invalid."""
        raise NotImplementedError

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        try:
            return self.check(cleaned)
        except Invalid as invalid:
            for name, sentence in invalid.fields.items():
                self.add_error(name, sentence)
        return cleaned

    def parameters(self) -> dict[str, Any]:
        return dict(self.cleaned_data)


def text_field() -> forms.Field:
    """Django's CharField would refuse NUL in words of its own, and count before the ends are stripped."""
    return forms.Field(required=False)


def extras(
    use: MessageTemplate.Use,
    typed: Typed,
    *,
    fields: tuple[tuple[str, str, int], ...],
    reader: str,
    values: Mapping[str, str],
) -> dict[str, Any]:
    """`fields` are (name, label, limit); `values` what the placeholders become for the first reader. One query."""
    return {
        "fields": [
            {"name": name, "label": label, "limit": limit, "value": typed.get(name, "")}
            for name, label, limit in fields
        ],
        "templates": list(MessageTemplate.objects.filter(use=use, is_active=True).order_by("name")),
        "placeholders": [{"token": f"{{{name}}}", "value": value} for name, value in values.items()],
        "reader": reader,
    }
