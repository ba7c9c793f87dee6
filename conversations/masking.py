"""Hides what nobody but the handling representative needs to read: card and account numbers, and codes beside them."""

import re
from collections.abc import Iterator

HIDDEN = "••••"

_SEPARATED = r"[\s.\-–—_]{1,3}"
# Groups of digits as people write them; which of them are a card number is found out below.
_GROUPS = re.compile(rf"(?<![\w])\d+(?:{_SEPARATED}\d+)*(?!\w)")
_GROUP = re.compile(r"\d+")
# What cards begin with.
_ISSUERS = frozenset("23456")
_SHORTEST_CARD, _LONGEST_CARD = 13, 19

_IBAN_START = re.compile(r"(?<![A-Za-z0-9])[A-Za-z]{2}\d{2}(?=[ \-]?[A-Za-z0-9])")
_SHORTEST_IBAN, _LONGEST_IBAN = 15, 34

_SOCIAL_SECURITY = re.compile(r"(?<![\d-])\d{3}-\d{2}-(?=\d{4}(?![\d-]))")
_CODE = re.compile(
    r"\b(cvv2?|cvc2?|card code|security code|pin(?: code)?)\b(\W{0,3}(?:is|was)?\W{0,3})\d{3,8}\b", re.IGNORECASE
)


def mask(text: str) -> str:
    """The text with such numbers hidden but for their last four digits. Text without digits comes back as it is."""
    if not any(character.isdigit() for character in text):
        return text
    text = _without_ibans(text)
    text = _GROUPS.sub(_without_cards, text)
    text = _SOCIAL_SECURITY.sub("•••-••-", text)
    return _CODE.sub(rf"\1\2{HIDDEN}", text)


def _without_cards(found: re.Match[str]) -> str:
    """Cards among groups of digits: neighbours that belong together, so that an order number before one hides none."""
    run = found.group()
    groups = list(_GROUP.finditer(run))
    pieces, kept, first = [], 0, 0
    while first < len(groups):
        last = _card_from(groups, first)
        if last is None:
            first += 1
            continue
        digits = "".join(group.group() for group in groups[first : last + 1])
        pieces.append(f"{run[kept : groups[first].start()]}{HIDDEN} {digits[-4:]}")
        kept, first = groups[last].end(), last + 1
    return "".join(pieces) + run[kept:]


def _card_from(groups: list[re.Match[str]], first: int) -> int | None:
    """The last group of the card that begins with this one; the longest that fits."""
    digits, found = "", None
    for position in range(first, len(groups)):
        digits += groups[position].group()
        if len(digits) > _LONGEST_CARD:
            break
        if len(digits) >= _SHORTEST_CARD and digits[0] in _ISSUERS and _checks_out(digits):
            found = position
    return found


def _checks_out(digits: str) -> bool:
    """Luhn's sum, which every card number satisfies and one in ten others."""
    total = 0
    for position, digit in enumerate(reversed(digits)):
        doubled = int(digit) * (2 if position % 2 else 1)
        total += doubled - 9 if doubled > 9 else doubled
    return total % 10 == 0 and len(set(digits)) > 1


def _without_ibans(text: str) -> str:
    pieces, kept = [], 0
    for start, end, last in _ibans(text):
        if start >= kept:
            pieces.append(f"{text[kept:start]}{text[start : start + 2].upper()}{HIDDEN} {last}")
            kept = end
    return "".join(pieces) + text[kept:]


def _ibans(text: str) -> Iterator[tuple[int, int, str]]:
    for found in _IBAN_START.finditer(text):
        characters, end, best = "", found.start(), None
        for position in range(found.start(), min(len(text), found.start() + 2 * _LONGEST_IBAN)):
            character = text[position]
            if character in " -" and position + 1 < len(text) and text[position + 1].isalnum():
                continue
            if not (character.isascii() and character.isalnum()) or len(characters) == _LONGEST_IBAN:
                break
            characters, end = characters + character, position + 1
            whole = end == len(text) or not text[end].isalnum()
            if whole and len(characters) >= _SHORTEST_IBAN and _is_iban(characters):
                best = (found.start(), end, characters[-4:])
        if best:
            yield best


def _is_iban(characters: str) -> bool:
    """The remainder that the standard asks for."""
    turned = (characters[4:] + characters[:4]).upper()
    return int("".join(str(int(character, 36)) for character in turned)) % 97 == 1
