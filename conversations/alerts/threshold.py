"""A changed threshold judges every ongoing conversation at once, not at its customer's next message."""

from datetime import datetime

from conversations.alerts.settling import settle
from conversations.models import Conversation
from conversations.models.conversation import ONGOING_ROW
from routing.kinds import Kind

# Locked together, for a moment.
BATCH = 500


def judge_next(after: int, *, now: datetime) -> int | None:
    """The ongoing conversations that follow this id, and the last one's id; None once there are no more.

    Locked: a score that is stored at this moment was waited for, and one that waits for us finds the new threshold.
    A fixed number of statements. Call inside a transaction.
    """
    rows = Conversation.objects.filter(ONGOING_ROW, kind=Kind.MESSAGING, pk__gt=after).order_by("pk")
    ids = list(rows.select_for_update().values_list("pk", flat=True)[:BATCH])
    if ids:
        settle(ids, now=now)
    return ids[-1] if len(ids) == BATCH else None
