"""A conversation's sentiment over time as a picture of lines and points, with the same in words."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from conversations.sentiment.history import Point
from conversations.sentiment.levels import LEVELS

WIDTH, HEIGHT = 268, 112
LEFT, RIGHT, TOP, BOTTOM = 58, 262, 8, 104
# Named at the left: the ends and the middle.
NAMED = (LEVELS[0], LEVELS[3], LEVELS[6])
SHORT = {"very_negative": "Very neg.", "neutral": "Neutral", "very_positive": "Very pos."}
# More points than this don't fit beside each other; the newest count.
MOST = 60


@dataclass(frozen=True, slots=True)
class Dot:
    """One score; `tone` says on which side of neutral it lies."""

    x: float
    y: float
    at: str
    score: int
    level: str
    tone: str


def plot(points: Sequence[Point], *, has_customer: bool) -> dict[str, Any]:
    """The context of `_sentiment_plot.html`; empty where nobody's sentiment is measured."""
    if not has_customer:
        return {}
    dots = _dots(points[-MOST:])
    return {
        "width": WIDTH,
        "height": HEIGHT,
        "left": LEFT,
        "right": RIGHT,
        "points": dots,
        "path": " ".join(f"{dot.x},{dot.y}" for dot in dots),
        "bands": [{"y": _y((level.least + level.below - 1) / 2), "label": SHORT[level.value]} for level in NAMED],
        "summary": summary(points),
        "empty": "No sentiment yet: it is measured as the customer writes.",
    }


def summary(points: Sequence[Point]) -> str:
    """The picture in a sentence."""
    if not points:
        return ""
    last = points[-1]
    if len(points) == 1:
        return f"{last.level.label} ({last.score})."
    first = points[0]
    change = last.score - first.score
    way = "Unchanged" if change == 0 else "Better" if change > 0 else "Worse"
    return f"{way}: from {first.level.label.lower()} ({first.score}) to {last.level.label.lower()} ({last.score})."


def _dots(points: Sequence[Point]) -> list[Dot]:
    """Evenly from left to right by time; a single one stands at the right, where now is."""
    if not points:
        return []
    first, last = points[0].at, points[-1].at
    span = (last - first).total_seconds()
    return [
        Dot(
            x=round(LEFT + (RIGHT - LEFT) * ((point.at - first).total_seconds() / span if span else 1), 1),
            y=_y(point.score),
            at=point.at.isoformat(),
            score=point.score,
            level=point.level.label,
            tone="bad" if point.level in LEVELS[:3] else "good" if point.level in LEVELS[4:] else "even",
        )
        for point in points
    ]


def _y(score: float) -> float:
    return round(BOTTOM - (BOTTOM - TOP) * score / 100, 1)
