"""The line before a queue as its customers may know it: their place, how long it took others, whether anybody is there.

Everybody who waits in a queue shares one reading of a second's age: a hundred open pages ask the database no more often
than one.
"""

import threading
import time
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Avg, Count, F
from django.utils import timezone

from conversations.models import Conversation, QueueSegment
from conversations.states import Status
from routing.kinds import Presence
from routing.models import Queue, QueueMember

FRESH_SECONDS = 1.0
LOOKED_AT = 500
QUEUES_KEPT = 1_000
# Fewer than these tell nothing about the next one.
ENOUGH_TO_TELL = 5
THERE = (Presence.AVAILABLE, Presence.BUSY)


@dataclass(frozen=True, slots=True)
class Line:
    """`waiting` in the order in which routing offers them; `usual_wait` of those answered in the last hour."""

    waiting: Sequence[int]
    usual_wait: timedelta | None
    anybody_there: bool

    def before(self, conversation_id: int) -> int | None:
        """How many are before it; None beyond those looked at."""
        try:
            return self.waiting.index(conversation_id)
        except ValueError:
            return None


def line_of(queue: Queue, *, now: datetime) -> Line:
    """Three queries."""
    waiting = Conversation.objects.filter(queue_id=queue.pk, status=Status.OPEN)
    members = QueueMember.objects.filter(queue_id=queue.pk, representative__is_active=True)
    return Line(
        list(waiting.order_by("-priority", "queued_at", "pk").values_list("pk", flat=True)[:LOOKED_AT]),
        _usual_wait(queue, now),
        members.filter(representative__presence__in=THERE).exists(),
    )


def _usual_wait(queue: Queue, now: datetime) -> timedelta | None:
    hour, day = now - timedelta(hours=1), now - timedelta(days=1)
    answered = QueueSegment.objects.filter(queue_id=queue.pk, entered_at__gte=day, accepted_at__gte=hour)
    found = answered.aggregate(number=Count("pk"), wait=Avg(F("accepted_at") - F("entered_at")))
    wait: timedelta | None = found["wait"] if found["number"] >= ENOUGH_TO_TELL else None
    return wait


class SharedLines:
    """The newest reading of each queue, for the threads of one process."""

    def __init__(self) -> None:
        self._lines: OrderedDict[int, tuple[float, Line]] = OrderedDict()
        self._lock = threading.Lock()

    def of(self, queue: Queue) -> Line:
        with self._lock:
            read_at, line = self._lines.get(queue.pk, (0.0, None))
        if line is None or time.monotonic() - read_at > FRESH_SECONDS:
            line = line_of(queue, now=timezone.now())
            with self._lock:
                self._lines[queue.pk] = (time.monotonic(), line)
                while len(self._lines) > QUEUES_KEPT:
                    self._lines.popitem(last=False)
        return line


shared_lines = SharedLines()
