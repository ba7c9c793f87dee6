"""Priority, tags and the supervisors' pinned note: set without joining, and seen by everybody who works on it."""

from collections import defaultdict
from collections.abc import Iterable

from contact_center.audit.actions import AuditAction
from contact_center.errors import Refused
from conversations.actions.context import Context
from conversations.actions.step import Step
from conversations.models import Conversation, ConversationTag
from conversations.rules import Action, sentence_of


def set_priority(conversation: Conversation, context: Context) -> Step:
    """Routing goes by it, so it counts as a version."""
    if conversation.priority == context.priority:
        raise Refused(sentence_of("priority_already"), code="priority_already")
    return Step(conversation, AuditAction.PRIORITY_SET, fields={"priority": context.priority})


def set_tags(conversation: Conversation, context: Context) -> Step:
    has = context.tags.get(conversation.pk, set())
    added, dropped = context.tags_added - has, (context.tags_dropped - context.tags_added) & has
    if not added and not dropped:
        raise Refused(sentence_of("tags_already"), code="tags_already")
    step = Step(conversation, AuditAction.TAGS_SET, counts_as_version=False, adds_tags=added, drops_tags=dropped)
    step.audit_extra = {"tags_added": sorted(added), "tags_dropped": sorted(dropped)}
    return step


def pin_note(conversation: Conversation, context: Context) -> Step:
    """In place of the one before; an empty one takes it away."""
    if conversation.supervisor_note == context.text:
        raise Refused(sentence_of("note_already"), code="note_already")
    fields = {"supervisor_note": context.text}
    return Step(conversation, AuditAction.NOTE_PINNED, counts_as_version=False, fields=fields)


def load_tags(context: Context, ids: Iterable[int]) -> None:
    """What the conversations are tagged with, where that matters. One query."""
    if context.action is not Action.SET_TAGS:
        return
    found: dict[int, set[int]] = defaultdict(set)
    for row, tag in ConversationTag.objects.filter(conversation_id__in=list(ids)).values_list(
        "conversation_id", "tag_id"
    ):
        found[row].add(tag)
    context.tags = found
