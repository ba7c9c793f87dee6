"""How customers feel: levels, scores, their history, and the one place that asks the library."""

from conversations.sentiment.levels import LEVELS, Level, level_of, sentiment_trend

__all__ = ["LEVELS", "Level", "level_of", "sentiment_trend"]
