"""A conversation's sentiment over time, for the plot on its page."""

from dataclasses import dataclass
from datetime import datetime

from conversations.models import SentimentScore
from conversations.sentiment.levels import Level, level_of


@dataclass(frozen=True, slots=True)
class Point:
    """`at` is when the customer wrote what the score goes up to."""

    at: datetime
    score: int
    level: Level


def history_of(conversation_id: int) -> list[Point]:
    """The oldest first. One query."""
    rows = SentimentScore.objects.filter(conversation_id=conversation_id, score__isnull=False)
    points = []
    for at, score in rows.order_by("at", "pk").values_list("at", "score"):
        level = level_of(score)
        if score is not None and level is not None:
            points.append(Point(at, score, level))
    return points
