"""Turns what somebody typed into the search box into a condition; any input is accepted.

Under row security PostgreSQL uses no index for the text operator. Rare words are therefore looked up by a function of
the owner that searches inside the current organization only (migration 0006); when it finds too many rows to be of
help, the list is read in its order and every row is tested, which finds a page of a frequent word at once. What was
said is searched in the same two ways (migration 0017), with what is hidden from those who watch left out.
"""

import re

from django.db import connection
from django.db.models import BooleanField, OuterRef, Q, Subquery, Value
from django.db.models.expressions import RawSQL
from django.db.models.functions import Coalesce

from conversations.models import Message

MAXIMUM_LENGTH = 200
# Beyond this many rows looking them up by id is slower than reading the list in its order.
FEW = 2_000
# The same for messages, most of which may belong to conversations that aren't asked for.
FEW_MESSAGES = 10_000
# Shorter words are looked for in messages as they are: nearly every message has one that begins so.
SHORTEST_BEGINNING = 3
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


def words_of(text: str, *, shortest: int = 1) -> str:
    """The text as a query of PostgreSQL's: every word quoted, all of them wanted, every word a beginning if it isn't
    shorter than `shortest`.
    """
    return " & ".join(_one_word(word, shortest) for word in text.split() if is_searchable(word))


def _one_word(word: str, shortest: int) -> str:
    """As it stands or, for a case number such as CAS-0120, all of its parts."""
    whole = _quoted(word, shortest)
    parts = _PART.findall(word)
    if len(parts) < 2 or not any(character.isdigit() for character in word):
        return whole
    return f"({whole} | ({' & '.join(_quoted(part, shortest) for part in parts)}))"


def _quoted(word: str, shortest: int) -> str:
    quoted = word.replace("\\", "\\\\").replace("'", "''")
    return f"'{quoted}':*" if len(word) >= shortest else f"'{quoted}'"


def condition(text: str, *, only_ongoing: bool, readable: Q | None = None) -> Q:
    """Conversations whose subject, customer, record or representative have these words, or whose number this is; with
    `readable` also those of them in which one message has the words.

    One query, two with `readable`. `only_ongoing` says that closed ones are left out anyway: they needn't be looked up.
    """
    ids, frequent = _named(text, only_ongoing=only_ongoing)
    if readable is None:
        return Q(pk__in=ids) | frequent
    words = words_of(text, shortest=SHORTEST_BEGINNING)
    said = _look_up_messages(words, only_ongoing=only_ongoing)
    if said is None:
        return Q(pk__in=ids) | frequent | readable & _has_message(words)
    if frequent:
        return Q(pk__in=ids) | frequent | readable & Q(pk__in=said)
    # By id first: what else is asked doesn't keep the index from being used then.
    return Q(pk__in=sorted({*ids, *said})) & (Q(pk__in=ids) | readable)


def _named(text: str, *, only_ongoing: bool) -> tuple[list[int], Q]:
    """Ids and, for words that too many have, a condition that finds the others."""
    if number := _PREFIXED_NUMBER.match(text):
        return [int(number[1])], Q()
    words = words_of(text)
    numbers = [int(number[1])] if (number := _NUMBER.match(text)) else []
    ids = _look_up(words, only_ongoing=only_ongoing)
    if len(ids) <= FEW:
        return [*ids, *numbers], Q()
    # Parameters only: no text of the person's stands in the statements.
    frequent = Q(RawSQL(_TEXT, [words], output_field=BooleanField()))  # noqa: S611
    return numbers, frequent | Q(representative_id__in=RawSQL(_REPRESENTATIVES, [words]))  # noqa: S611


def _has_message(words: str) -> Q:
    """One at a time, until there is one: as a condition "exists" all messages might be read first."""
    hit = Q(RawSQL(_TEXT, [words], output_field=BooleanField()))  # noqa: S611
    found = Message.objects.filter(hit, conversation_id=OuterRef("pk")).order_by().values(found=Value(True))[:1]
    return Q(Coalesce(Subquery(found, output_field=BooleanField()), False))


def _look_up(words: str, *, only_ongoing: bool) -> list[int]:
    """At most FEW + 1 ids of each kind of match; row security doesn't bind the function, it binds itself."""
    with connection.cursor() as cursor:
        cursor.execute("select search_conversations(%s, %s, %s)", [words, only_ongoing, FEW + 1])
        return sorted({row[0] for row in cursor.fetchall()})


def _look_up_messages(words: str, *, only_ongoing: bool) -> list[int] | None:
    """The conversations in which it was said; None where too many messages or conversations have the words."""
    with connection.cursor() as cursor:
        cursor.execute("select search_messages(%s, %s, %s, %s)", [words, only_ongoing, FEW_MESSAGES, FEW + 1])
        ids = [row[0] for row in cursor.fetchall()]
    return None if None in ids or len(ids) > FEW else ids
