"""Whether a chat can begin now: what a customer would be told after the question is told before it."""

from datetime import datetime

from conversations.models import Conversation
from conversations.states import Status
from routing.models import WorkStream
from routing.overflow import gates


def why_closed(stream: WorkStream, *, now: datetime) -> str:
    """Empty while a question finds its queue open. One query; three where the queue has hours or rules."""
    if not stream.is_active:
        return "This chat is closed at the moment."
    gate = gates(now, [stream.default_queue_id]).get(stream.default_queue_id)
    if gate is None:
        return ""
    waiting = Conversation.objects.filter(queue_id=stream.default_queue_id, status=Status.OPEN).count()
    return gate.at_entry(kind=stream.kind, mode=stream.mode, waiting=waiting).told
