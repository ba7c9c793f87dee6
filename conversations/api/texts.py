"""The kinds of text a call may carry: what a database stores and a person can read."""

from typing import Annotated

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from pydantic import AfterValidator, Field, StringConstraints

from conversations.intake.conversations import FIRST_MESSAGE

MESSAGE_BYTES = 28 * 1024
RESERVED_PREFIX = FIRST_MESSAGE


def storable(text: str) -> str:
    """Refuse what PostgreSQL can't store: the character NUL and halves of surrogate pairs."""
    if "\0" in text:
        raise ValueError("This contains the character NUL, which cannot be stored.")
    try:
        text.encode()
    except UnicodeEncodeError:
        raise ValueError("This contains characters that are no valid Unicode.") from None
    return text


def _not_blank(text: str) -> str:
    if not text.strip():
        raise ValueError("This may not be empty.")
    return text


def _message(text: str) -> str:
    size = len(text.encode())
    if size > MESSAGE_BYTES:
        raise ValueError(f"This is too long: {size:,} bytes, and a message may have {MESSAGE_BYTES:,} (28 KB).")
    return text


def _email(text: str) -> str:
    try:
        validate_email(text)
    except ValidationError:
        raise ValueError("This is no e-mail address.") from None
    return text.lower()


def _not_reserved(text: str) -> str:
    if text.startswith(RESERVED_PREFIX):
        raise ValueError(f"This may not begin with {RESERVED_PREFIX}")
    return text


Stripped = StringConstraints(strip_whitespace=True)
Storable = AfterValidator(storable)

Subject = Annotated[str, Stripped, Field(min_length=1, max_length=250), Storable]
Name = Annotated[str, Stripped, Field(min_length=1, max_length=120), Storable]
Label = Annotated[str, Stripped, Field(min_length=1, max_length=80), Storable]
CaseNumber = Annotated[str, Stripped, Field(max_length=40), Storable]
Regarding = Annotated[str, Stripped, Field(max_length=250), Storable]
Slug = Annotated[str, Field(min_length=1, max_length=40), Storable]
# Room for the prefix within the column.
ExternalId = Annotated[str, Field(min_length=1, max_length=100), Storable, AfterValidator(_not_blank)]
MessageExternalId = Annotated[
    str, Field(min_length=1, max_length=100), Storable, AfterValidator(_not_blank), AfterValidator(_not_reserved)
]
MessageText = Annotated[
    str, Field(min_length=1, max_length=MESSAGE_BYTES), Storable, AfterValidator(_not_blank), AfterValidator(_message)
]
Email = Annotated[str, Stripped, Field(min_length=3, max_length=254), Storable, AfterValidator(_email)]
