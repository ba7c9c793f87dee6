"""What the plot of a conversation's sentiment is drawn from."""

from datetime import timedelta

import pytest
from django.utils import timezone

from conversations.models import SentimentScore
from conversations.sentiment.history import history_of
from tests.factories import make_conversation

pytestmark = pytest.mark.django_db


def test_the_history_is_in_the_order_of_time_and_leaves_out_what_is_still_to_be_computed(harbor):
    now = timezone.now()
    with harbor.scope():
        row = make_conversation(queue=harbor.orders)
        SentimentScore.objects.create(conversation=row, at=now, score=30)
        SentimentScore.objects.create(conversation=row, at=now - timedelta(minutes=1), score=50)
        SentimentScore.objects.create(conversation=row, at=now + timedelta(minutes=1))
        SentimentScore.objects.create(conversation=make_conversation(queue=harbor.orders), at=now, score=90)

        points = history_of(row.pk)

    assert [(point.at, point.score, point.level.label) for point in points] == [
        (now - timedelta(minutes=1), 50, "Neutral"),
        (now, 30, "Slightly negative"),
    ]
