"""Turns what somebody typed into the search box into a condition; any input is accepted.

Under row security PostgreSQL uses no index for the text operator. Rare words are therefore looked up by a function of
the owner that searches inside the current organization only (migration 0006); when it finds too many rows to be of
help, the list is read in its order and every row is tested, which finds a page of a frequent word at once.
"""

import re

from django.db import connection
from django.db.models import BooleanField, Q
from django.db.models.expressions import RawSQL

MAXIMUM_LENGTH = 200
# Beyond this many rows looking them up by id is slower than reading the list in its order.
FEW = 2_000
_NUMBER = re.compile(r"#?(\d{1,18})\Z")
_PREFIXED_NUMBER = re.compile(r"C-?(\d{1,18})\Z", re.IGNORECASE)
_PART = re.compile(r"[^\W_]+")
# Unqualified on purpose: inside a subquery the table goes by another name.
_TEXT = "search_document @@ to_tsquery('simple', %s)"
_REPRESENTATIVES = "select id from routing_representative where to_tsvector('simple', name) @@ to_tsquery('simple', %s)"


def tidy(typed: str) -> str:
    """What is searched for: one line of at most 200 characters without anything a database refuses."""
    return " ".join(typed.replace("\0", " ").split())[:MAXIMUM_LENGTH].strip()


def is_searchable(text: str) -> bool:
    """Whether there is a letter or a digit to look for."""
    return any(character.isalnum() for character in text)


def words_of(text: str) -> str:
    """The text as a query of PostgreSQL's: every word quoted, every word a beginning, all of them wanted."""
    return " & ".join(_one_word(word) for word in text.split() if is_searchable(word))


def _one_word(word: str) -> str:
    """As it stands or, for a case number such as CAS-0120, all of its parts."""
    whole = _beginning(word)
    parts = _PART.findall(word)
    if len(parts) < 2 or not any(character.isdigit() for character in word):
        return whole
    return f"({whole} | ({' & '.join(map(_beginning, parts))}))"


def _beginning(word: str) -> str:
    quoted = word.replace("\\", "\\\\").replace("'", "''")
    return f"'{quoted}':*"


def condition(text: str, *, only_ongoing: bool) -> Q:
    """Conversations whose subject, customer, record or representative have these words, or whose number this is.

    One query. `only_ongoing` says that closed ones are left out anyway, and so needn't be looked up.
    """
    if number := _PREFIXED_NUMBER.match(text):
        return Q(pk=int(number[1]))
    number = _NUMBER.match(text)
    words = words_of(text)
    ids = _look_up(words, only_ongoing=only_ongoing)
    if len(ids) <= FEW:
        return Q(pk__in=[*ids, int(number[1])] if number else ids)
    # Parameters only: no text of the person's stands in the statements.
    frequent = Q(RawSQL(_TEXT, [words], output_field=BooleanField()))  # noqa: S611
    frequent |= Q(representative_id__in=RawSQL(_REPRESENTATIVES, [words]))  # noqa: S611
    return frequent | Q(pk=int(number[1])) if number else frequent


def _look_up(words: str, *, only_ongoing: bool) -> list[int]:
    """At most FEW + 1 ids of each kind of match; row security doesn't bind the function, it binds itself."""
    with connection.cursor() as cursor:
        cursor.execute("select search_conversations(%s, %s, %s)", [words, only_ongoing, FEW + 1])
        return sorted({row[0] for row in cursor.fetchall()})
