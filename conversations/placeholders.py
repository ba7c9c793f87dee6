"""Placeholders in messages to customers and representatives, filled for each reader."""

import re
from collections.abc import Mapping

from contact_center.errors import Invalid

PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")
FOR_CUSTOMERS = ("customer", "number", "subject", "organization")
FOR_REPRESENTATIVES = ("representative", "organization")


def check(text: str, allowed: tuple[str, ...], field: str) -> None:
    """Raise Invalid with the first placeholder that nothing fills."""
    unknown = [name for name in PLACEHOLDER.findall(text) if name not in allowed]
    if unknown:
        names = ", ".join(f"{{{name}}}" for name in allowed)
        sentence = f"There is no placeholder {{{unknown[0]}}}. You can use {names}."
        raise Invalid(sentence, fields={field: sentence})


def fill(text: str, values: Mapping[str, str]) -> str:
    """Known placeholders replaced once: a value that looks like a placeholder stays as it is."""
    return PLACEHOLDER.sub(lambda found: values.get(found[1], found[0]), text)
