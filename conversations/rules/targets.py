"""Whether a chosen target can take a conversation: asked by the dialogs that offer it, and again under the lock."""

from django.db.models import Exists, OuterRef

from conversations.models import Conversation
from conversations.rules.refusals import Refusal, refusal
from routing.models import Queue, QueueMember, Representative


def has_members() -> Exists:
    """Over Queue rows."""
    return Exists(QueueMember.objects.filter(queue_id=OuterRef("pk")))


def why_no_queue(queue: Queue, kind: str, *, has_members: bool) -> Refusal | None:
    """None when the queue takes work of this kind at all."""
    if queue.kind != kind:
        return refusal("queue_of_other_kind")
    if not queue.is_active:
        return refusal("queue_inactive")
    return None if has_members else refusal("queue_without_members")


def why_not_queue(queue: Queue, conversation: Conversation, *, has_members: bool) -> Refusal | None:
    """None when the queue can take this conversation."""
    if queue.pk == conversation.queue_id and queue.kind == conversation.kind:
        return refusal("already_in_queue")
    return why_no_queue(queue, conversation.kind, has_members=has_members)


def why_not_representative(representative: Representative, conversation: Conversation) -> Refusal | None:
    """None when the conversation can be offered to this representative; their presence and units are no bar."""
    if representative.type == Representative.Type.AI_AGENT:
        return refusal("target_is_ai_agent")
    if representative.pk == conversation.representative_id:
        return refusal("same_representative")
    return None
