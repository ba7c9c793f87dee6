"""The seven levels of sentiment and the scores at which one ends (product.md §10)."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Level:
    """One level; `below` is the first score that no longer belongs to it."""

    value: str
    label: str
    icon: str
    least: int
    below: int


_CUTS = (0, 10, 25, 42, 58, 75, 90, 101)
_NAMES = (
    ("very_negative", "Very negative"),
    ("negative", "Negative"),
    ("slightly_negative", "Slightly negative"),
    ("neutral", "Neutral"),
    ("slightly_positive", "Slightly positive"),
    ("positive", "Positive"),
    ("very_positive", "Very positive"),
)
LEVELS = tuple(
    Level(value, label, f"sentiment-{position + 1}", _CUTS[position], _CUTS[position + 1])
    for position, (value, label) in enumerate(_NAMES)
)


def level_of(score: int | None) -> Level | None:
    """None until a score was computed."""
    if score is None:
        return None
    return next(level for level in LEVELS if score < level.below)


def sentiment_trend(score: int | None, before: int | None) -> int:
    """1 when it rose since the score before, -1 when it fell, 0 when it stayed or nothing came before."""
    if score is None or before is None:
        return 0
    return (score > before) - (score < before)
