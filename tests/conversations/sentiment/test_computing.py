"""What customers write becomes a score in the worker: once, live, with its history, and nothing is lost."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from conversations.actions.drafts import Said
from conversations.actions.lifecycle import customer_wrote
from conversations.models import Conversation, Message, SentimentScore
from conversations.sentiment.computing import compute_due
from conversations.sentiment.history import history_of
from conversations.sentiment.tasks import compute_sentiment, find_due_sentiment
from conversations.states import Author
from tests.factories import make_conversation, make_conversations

pytestmark = pytest.mark.django_db
BAD, GOOD = "This is terrible, I am very angry.", "Great, thank you, that is perfect!"


def writes(cast, row, *texts):
    for text in texts:
        customer_wrote([Said(row.pk, "", text)], actor=cast.actor(), now=timezone.now())


def compute(limit=200):
    return compute_due(now=timezone.now(), limit=limit)


def test_a_message_is_scored_and_the_row_changes(harbor):
    with harbor.scope():
        row = make_conversation(queue=harbor.orders)
        writes(harbor, row, BAD)
        stamp = Conversation.objects.get(pk=row.pk).row_stamp
        assert compute() == 1
        row.refresh_from_db()
        assert row.sentiment_score < 25
        assert row.row_stamp == stamp + 1
        assert [point.score for point in history_of(row.pk)] == [row.sentiment_score]


def test_again_finds_nothing_to_do(harbor):
    with harbor.scope():
        row = make_conversation(queue=harbor.orders)
        writes(harbor, row, BAD)
        compute()
        stamp = Conversation.objects.get(pk=row.pk).row_stamp
        assert compute() == 0
        assert Conversation.objects.get(pk=row.pk).row_stamp == stamp


def test_the_score_before_is_kept_for_the_trend(harbor):
    with harbor.scope():
        row = make_conversation(queue=harbor.orders)
        writes(harbor, row, BAD)
        compute()
        first = Conversation.objects.get(pk=row.pk).sentiment_score
        writes(harbor, row, GOOD)
        compute()
        row.refresh_from_db()
        assert row.sentiment_before == first < row.sentiment_score
        assert [point.score for point in history_of(row.pk)] == [first, row.sentiment_score]


def test_many_messages_before_the_worker_comes_make_one_point(harbor):
    with harbor.scope():
        row = make_conversation(queue=harbor.orders)
        writes(harbor, row, BAD, BAD, GOOD)
        assert compute() == 3
        assert len(history_of(row.pk)) == SentimentScore.objects.count() == 1


def test_only_the_customers_own_words_count(harbor):
    with harbor.scope():
        row = make_conversation(queue=harbor.orders)
        for author in (Author.REPRESENTATIVE, Author.ORGANIZATION, Author.SYSTEM):
            Message.objects.create(conversation=row, author=author, text=BAD)
        writes(harbor, row, GOOD)
        compute()
        row.refresh_from_db()
        assert row.sentiment_score > 75


def test_what_is_left_over_comes_next(harbor):
    with harbor.scope():
        for row in make_conversations(3, queue=harbor.orders):
            writes(harbor, row, BAD)
        assert [compute(limit=2), compute(limit=2), compute(limit=2)] == [2, 1, 0]
        assert not Conversation.objects.filter(sentiment_score=None).exists()


def test_the_number_of_statements_does_not_grow(harbor):
    counts = []
    with harbor.scope():
        for number in (2, 30):
            for row in make_conversations(number, queue=harbor.orders):
                writes(harbor, row, BAD)
            with CaptureQueriesContext(connection) as captured:
                assert compute() == number
            counts.append(len(captured))
    assert counts[0] == counts[1], counts


def test_the_worker_finds_the_organizations_with_something_to_do(harbor, summit, monkeypatch):
    with harbor.scope():
        row = make_conversation(queue=harbor.orders)
        writes(harbor, row, BAD)
    asked = []
    monkeypatch.setattr(compute_sentiment, "delay", lambda **kwargs: asked.append(kwargs))
    find_due_sentiment()
    assert asked == [{"organization_id": harbor.organization.pk}]
    compute_sentiment(organization_id=harbor.organization.pk)
    asked.clear()
    find_due_sentiment()
    assert asked == []
