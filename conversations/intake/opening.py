"""Opens what was taken in, in queues that nobody deactivates meanwhile."""

from collections.abc import Sequence
from datetime import datetime

from contact_center.tenancy.access import Actor
from conversations.actions import lifecycle
from conversations.actions.drafts import Draft
from conversations.intake.parcels import Overtaken
from conversations.models import Conversation
from routing.holding import hold
from routing.models import Queue


def open_in_held_queues(drafts: Sequence[Draft], *, actor: Actor, now: datetime) -> list[Conversation]:
    """One row per draft, in their order. One statement more than opening alone, however many queues.

    Raises Overtaken when a queue has been deactivated since it was read: read again, it refuses in its own words.
    """
    queues = {draft.queue or draft.work_stream.default_queue for draft in drafts}
    read_as_active = {queue.pk for queue in queues if queue.is_active}
    if read_as_active - hold(Queue, *sorted(read_as_active)):
        raise Overtaken
    return lifecycle.open_conversations(drafts, actor=actor, now=now)
