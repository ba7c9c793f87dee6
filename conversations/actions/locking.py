"""The one lock order: conversations by id, then representatives by id (in `routing/capacity.py`)."""

from collections.abc import Iterable

from django.db.models import QuerySet

from contact_center.tenancy.access import Actor
from conversations.models import Conversation
from conversations.rules import needed


def lock_conversations(
    ids: Iterable[int], actor: Actor, within: QuerySet[Conversation] | None = None
) -> list[Conversation]:
    """The conversations, locked in id order, with everything the rule table reads.

    Ids that are absent, foreign or outside `within` are simply not in the answer.
    """
    rows = Conversation.objects.all() if within is None else within
    return list(needed(rows.filter(pk__in=list(ids)), actor).select_for_update(of=("self",)).order_by("pk"))
