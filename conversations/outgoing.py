"""What supervisors write to customers and representatives: cleaned, within its limits, filled for each reader."""

from collections.abc import Mapping
from typing import Any

from contact_center.errors import Invalid
from conversations import placeholders
from conversations.models import Conversation
from routing.models import Representative

# product.md §6.
MESSAGE_LENGTH = 1_000
TITLE_LENGTH = 100
NO_TITLE = "Write a title first."
NO_MESSAGE = "Write a message first."


def message_to_customers(given: Mapping[str, Any]) -> str:
    """Raises Invalid."""
    text = written(given, MESSAGE_LENGTH)
    placeholders.check(text, placeholders.FOR_CUSTOMERS, "text")
    return text


def notification(given: Mapping[str, Any]) -> tuple[str, str]:
    """Title and message. Raises Invalid that names every field with an error."""
    found, errors = {}, {}
    for name, longest, missing in (("title", TITLE_LENGTH, NO_TITLE), ("text", MESSAGE_LENGTH, NO_MESSAGE)):
        try:
            found[name] = written(given, longest, name, missing)
            placeholders.check(found[name], placeholders.FOR_REPRESENTATIVES, name)
        except Invalid as invalid:
            errors.update(invalid.fields)
    if errors:
        raise Invalid(next(iter(errors.values())), fields=errors)
    return found["title"], found["text"]


def written(given: Mapping[str, Any], longest: int, name: str = "text", missing: str = NO_MESSAGE) -> str:
    """PostgreSQL can't store NUL, and a browser sends line ends as CRLF. Raises Invalid."""
    text = str(given.get(name) or "").replace("\0", "").replace("\r\n", "\n").strip()
    if not text:
        raise Invalid(missing, fields={name: missing})
    if len(text) > longest:
        sentence = f"Keep it to {longest:,} characters; it has {len(text):,}."
        raise Invalid(sentence, fields={name: sentence})
    return text


def values_for_customer(conversation: Conversation, organization_name: str) -> dict[str, str]:
    return {
        "customer": conversation.customer_name,
        "number": conversation.number,
        "subject": conversation.subject,
        "organization": organization_name,
    }


def values_for_representative(representative: Representative, organization_name: str) -> dict[str, str]:
    return {"representative": representative.name, "organization": organization_name}
