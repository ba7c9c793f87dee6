"""What a visitor may send."""

from typing import Any

from django import forms

# As for the API: reference.md §7, "28 KB message".
MESSAGE_LENGTH = 6_000
TOO_LONG = f"This is too long: please keep it under {MESSAGE_LENGTH:,} characters. Nothing is lost; you can shorten it."


class TextField(forms.CharField):
    """Lines end as the person sees them: a browser sends two characters for each end, and counts one."""

    def to_python(self, value: Any) -> str:
        return str(super().to_python(str(value or "").replace("\r\n", "\n")))


class StartForm(forms.Form):
    # One per page shown: a double click starts one chat.
    token = forms.UUIDField()
    name = forms.CharField(
        max_length=120,
        error_messages={
            "required": "Please tell us your name.",
            "max_length": "Please keep the name under 120 characters.",
        },
    )
    question = TextField(
        max_length=MESSAGE_LENGTH, error_messages={"required": "Please write your question.", "max_length": TOO_LONG}
    )


class MessageForm(forms.Form):
    # The page's own name of the message: sent twice, it is stored once.
    token = forms.UUIDField(error_messages={"required": "Please reload the page and send it again."})
    text = TextField(
        max_length=MESSAGE_LENGTH, error_messages={"required": "Please write a message first.", "max_length": TOO_LONG}
    )
