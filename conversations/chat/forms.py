"""What a visitor may send."""

from django import forms

# As for the API: reference.md §7, "28 KB message".
MESSAGE_LENGTH = 6_000


class StartForm(forms.Form):
    # One per page shown: a double click starts one chat.
    token = forms.UUIDField()
    name = forms.CharField(max_length=120, error_messages={"required": "Please tell us your name."})
    question = forms.CharField(
        max_length=MESSAGE_LENGTH,
        error_messages={
            "required": "Please write your question.",
            "max_length": f"Please keep it under {MESSAGE_LENGTH:,} characters.",
        },
    )


class MessageForm(forms.Form):
    # One per message shown in the page: a double click sends the same one twice, and it is stored once.
    token = forms.UUIDField()
    text = forms.CharField(
        max_length=MESSAGE_LENGTH,
        error_messages={
            "required": "Please write a message first.",
            "max_length": f"Please keep it under {MESSAGE_LENGTH:,} characters.",
        },
    )
