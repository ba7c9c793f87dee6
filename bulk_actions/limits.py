"""Limits of runs."""

from datetime import timedelta

# Conversations in one run (product.md §8).
MAXIMUM = 1_000
# Conversations in one transaction: large enough that a run of 1,000 takes five, small enough to cancel between.
CHUNK = 200
# A run that did not move for this long is taken up again.
STALLED_AFTER = timedelta(seconds=10)
# A preview nobody confirmed is forgotten.
PREVIEW_LIVES = timedelta(hours=2)
APPROVAL_EXPIRES = timedelta(minutes=60)
