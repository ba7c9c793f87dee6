"""How customers feel by what they wrote: VADER's lexicon and rules behind one function, loaded when first asked.

English only, as the lexicon is; a text in another language reads as neutral.
"""

from collections.abc import Callable, Sequence
from functools import cache
from importlib import import_module

from conversations.sentiment.words import PHRASES, WEIGHTS

# So many of the customer's last messages count (product.md §10).
MESSAGES = 6
# Nobody's mood takes longer to say, and the time it takes grows with the text.
LONGEST = 2_000
NEUTRAL = 50
# An order number between two complaints takes little of their weight.
SILENT = 0.4


def score(texts: Sequence[str]) -> int:
    """0 (very negative) to 100 over a customer's last messages, the newest last and counting most."""
    moods = [mood(text) for text in texts[-MESSAGES:]]
    weights = [(position + 1) * (1 if each else SILENT) for position, each in enumerate(moods)]
    if not moods:
        return NEUTRAL
    mean = sum(each * weight for each, weight in zip(moods, weights, strict=True)) / sum(weights)
    return round(NEUTRAL + NEUTRAL * mean)


def mood(text: str) -> float:
    """-1 to 1 for one message; 0 where nothing in it tells."""
    text = text[:LONGEST].replace("’", "'")
    for phrase, word in PHRASES:
        text = phrase.sub(word, text)
    return _polarity()(text)["compound"]


@cache
def _polarity() -> Callable[[str], dict[str, float]]:
    """Only processes that score pay for the lexicon: some 6 MB."""
    analyzer = import_module("vaderSentiment.vaderSentiment").SentimentIntensityAnalyzer()
    analyzer.lexicon.update(WEIGHTS)
    found: Callable[[str], dict[str, float]] = analyzer.polarity_scores
    return found
