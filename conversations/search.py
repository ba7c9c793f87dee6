"""Turns what somebody typed into the search box into a condition; any input is accepted.

The words go to `search_conversations`, a function of the owner that searches inside the current organization only:
under row security PostgreSQL would use no index for the text operator (migration 0004).
"""

import re

from django.db.models import Q
from django.db.models.expressions import RawSQL

MAXIMUM_LENGTH = 200
_NUMBER = re.compile(r"(?:#|C-?)?(\d{1,18})\Z", re.IGNORECASE)
# A word that leaves nothing to search for would otherwise count as "everything of the organization".
_MATCHES = "select search_conversations(%s) where numnode(to_tsquery('simple', %s)) > 0"


def tidy(typed: str) -> str:
    """What is searched for: one line of at most 200 characters without anything a database refuses."""
    return " ".join(typed.replace("\0", " ").split())[:MAXIMUM_LENGTH].strip()


def is_searchable(text: str) -> bool:
    """Whether there is a letter or a digit to look for."""
    return any(character.isalnum() for character in text)


def words_of(text: str) -> str:
    """The text as a query of PostgreSQL's: every word quoted, every word a beginning, all of them wanted."""
    words = [word.replace("\\", "\\\\").replace("'", "''") for word in text.split() if is_searchable(word)]
    return " & ".join(f"'{word}':*" for word in words)


def condition(text: str) -> Q:
    """Conversations whose subject, customer or representative have these words, or whose number this is."""
    found = Q(pk__in=[])
    if is_searchable(text):
        words = words_of(text)
        # Two parameters and no text of the person's in the statement.
        found = Q(pk__in=RawSQL(_MATCHES, [words, words]))  # noqa: S611
    if number := _NUMBER.match(text):
        found |= Q(pk=int(number[1]))
    return found
