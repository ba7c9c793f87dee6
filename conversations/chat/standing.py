"""Where things stand, in the customer's words: honest about what nobody can know."""

from collections.abc import Callable
from datetime import datetime, timedelta

from conversations.chat.waiting import LOOKED_AT, Line
from conversations.models import Conversation
from conversations.states import Phase
from routing.kinds import Mode
from routing.models import Queue
from routing.operating_hours import queue_is_open
from routing.overflow import CLOSED_LINE

OVER = frozenset({Phase.WRAP_UP, Phase.CLOSED})


def is_over(conversation: Conversation) -> bool:
    """For the customer it has ended; what the representative still writes up doesn't concern them."""
    return conversation.phase in OVER


def standing(conversation: Conversation, line_of: Callable[[Queue], Line], *, now: datetime) -> str:
    """One or two sentences. `line_of` is asked only where somebody waits. Needs the queue with its hours."""
    phase, who = conversation.phase, conversation.representative
    if phase in OVER:
        return "This conversation has ended."
    if phase is Phase.ACTIVE and who is not None:
        return f"You are talking to {who.name}."
    if phase is Phase.WAITING:
        return "Write whenever you like. We keep this conversation for you."
    if phase is Phase.AWAITING:
        return "Somebody is being asked to take your conversation."
    if conversation.mode == Mode.PERSISTENT:
        return _kept(conversation.queue, now)
    return _in_line(conversation, line_of(conversation.queue))


def _kept(queue: Queue, now: datetime) -> str:
    if not queue_is_open(queue, now):
        return f"{queue.customer_message or CLOSED_LINE} We have your message and will answer it here."
    return "We have your message. You can close this page and come back to it."


def _in_line(conversation: Conversation, line: Line) -> str:
    place = _place(line.before(conversation.pk))
    if not line.anybody_there:
        return f"{place} Nobody is at their desk at this moment; you keep your place."
    return f"{place} {_usual(line.usual_wait)}".strip()


def _place(before: int | None) -> str:
    if before is None:
        return f"More than {LOOKED_AT} people are before you."
    if before == 0:
        return "You are next in line."
    return "One person is before you." if before == 1 else f"{before} people are before you."


def _usual(wait: timedelta | None) -> str:
    if wait is None:
        return ""
    minutes = round(wait.total_seconds() / 60)
    words = {0: "less than a minute", 1: "about a minute"}.get(minutes, f"about {minutes} minutes")
    return f"In the last hour people waited {words}."
