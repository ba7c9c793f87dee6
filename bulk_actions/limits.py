"""Limits of runs."""

from datetime import timedelta

from conversations.selection import LIMIT

# Conversations in one run (product.md §8): the list refuses to select more.
MAXIMUM = LIMIT
# Conversations in one transaction: large enough that a run of 1,000 takes five, small enough to cancel between.
CHUNK = 200
# An organization with many runs takes smaller turns, down to this: together they make others wait no longer than one.
SMALLEST_CHUNK = 50
# A run whose next chunk was asked for this long ago, and never came, is taken up again.
STALLED_AFTER = timedelta(seconds=10)
# A run that made no progress for this long is worth an operator's attention.
STUCK_AFTER = timedelta(seconds=60)
# A preview nobody confirmed is forgotten.
PREVIEW_LIVES = timedelta(hours=2)
APPROVAL_EXPIRES = timedelta(minutes=60)
# Conversations named in each group of a preview.
SAMPLES = 5
# Representatives named in a preview.
NAMES = 20
