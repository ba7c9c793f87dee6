"""Which conversation of the desk an address or a form names."""

from django.http import QueryDict

LARGEST_ID = 2**63 - 1


def chosen_of(query: QueryDict) -> int | None:
    """The conversation named in the address; None for anything that can't be one."""
    return number_in(query.get("c", ""))


def number_in(typed: object, largest: int = LARGEST_ID) -> int | None:
    text = str(typed or "")
    if not (text.isascii() and text.isdecimal()) or len(text) > len(str(largest)):
        return None
    return int(text) if int(text) <= largest else None
