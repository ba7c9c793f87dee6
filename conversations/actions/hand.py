"""The raised hand: a representative asks the supervisors for help, and somebody marks it as done."""

from collections.abc import Iterable

from contact_center.audit.actions import AuditAction
from conversations.actions.context import Context
from conversations.actions.step import Notice, Step
from conversations.masking import mask
from conversations.models import Conversation
from conversations.states import Status

DOWN = {"hand_raised_at": None, "hand_note": ""}
# A hand is up only while its representative holds the conversation in one of these.
UP_IN = frozenset({Status.ACTIVE, Status.WRAP_UP})


def raise_hand(conversation: Conversation, context: Context) -> Step:
    """The supervisors of its queue are alerted, with the note; what only the representative may read isn't in it."""
    step = Step(conversation, AuditAction.HAND_RAISED, counts_as_version=False)
    step.fields.update(hand_raised_at=context.now, hand_note=mask(context.text))
    return step


def lower_hand(conversation: Conversation, context: Context) -> Step:
    """By the representative."""
    return Step(conversation, AuditAction.HAND_LOWERED, counts_as_version=False, fields=dict(DOWN))


def answer_hand(conversation: Conversation, context: Context) -> Step:
    """By a supervisor; the representative is told who took care of it."""
    step = lower_hand(conversation, context)
    if conversation.representative_id:
        title = f"{context.actor.name[:60]} answered your raised hand"
        text = f"{conversation.number}, “{conversation.subject[:120]}”: {conversation.hand_note}"
        step.notify.append(Notice(conversation.representative_id, "hand_answered", title, text))
    return step


def lower_left_behind(steps: Iterable[Step]) -> None:
    """Whoever raised it has left the conversation, or the conversation is over."""
    for step in steps:
        row = step.conversation
        if row.hand_raised_at is None or "hand_raised_at" in step.fields:
            continue
        after = step.after()
        if after["status"] not in UP_IN or after["representative_id"] != row.representative_id:
            step.fields.update(DOWN)
