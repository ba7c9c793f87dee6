"""Computes what is due: each conversation whose customer wrote since, once, from the last six messages."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import Case, F, PositiveSmallIntegerField, Value, When, Window
from django.db.models.functions import RowNumber

from conversations.actions.mood import store_sentiment
from conversations.models import Message, SentimentScore
from conversations.sentiment.scoring import LONGEST, MESSAGES, score
from conversations.states import Author


def compute_due(*, now: datetime, limit: int) -> int:
    """How many due rows were dealt with, in the organization in scope. What another worker holds is left to it.

    Of several that are due for one conversation the newest gets the score; it counts the messages of them all.
    """
    with transaction.atomic():
        due = SentimentScore.objects.filter(score=None).order_by("pk").select_for_update(skip_locked=True)
        rows = list(due.values_list("pk", "conversation_id")[:limit])
        if not rows:
            return 0
        newest = {conversation: pk for pk, conversation in rows}
        scores = {conversation: score(texts) for conversation, texts in _last_messages(newest).items()}
        SentimentScore.objects.filter(pk__in=[pk for pk, _ in rows if pk not in newest.values()]).delete()
        whens = [When(pk=newest[conversation], then=Value(value)) for conversation, value in scores.items()]
        SentimentScore.objects.filter(pk__in=newest.values()).update(
            score=Case(*whens, output_field=PositiveSmallIntegerField())
        )
        store_sentiment(scores, now=now)
    return len(rows)


def _last_messages(conversations: Iterable[int]) -> dict[int, list[str]]:
    """What each customer wrote last, in the order of writing. One query."""
    ids = list(conversations)
    position = Window(RowNumber(), partition_by=F("conversation_id"), order_by=F("pk").desc())
    public = Message.objects.filter(
        conversation_id__in=ids, author=Author.CUSTOMER, visibility=Message.Visibility.PUBLIC
    )
    last = public.annotate(position=position).filter(position__lte=MESSAGES).order_by("pk")
    found: dict[int, list[str]] = {pk: [] for pk in ids}
    for conversation, text in last.values_list("conversation_id", "text"):
        found[conversation].append(text[:LONGEST])
    return found
