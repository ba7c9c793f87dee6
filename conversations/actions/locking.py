"""The one lock order: conversations by id, then representatives by id (in `routing/capacity.py`)."""

from collections.abc import Iterable

from django.db.models import QuerySet

from contact_center.tenancy.access import Actor
from conversations.models import Conversation
from conversations.rules import needed


def lock_conversations(
    ids: Iterable[int], actor: Actor, within: QuerySet[Conversation] | None = None, *, skip_locked: bool = False
) -> list[Conversation]:
    """The conversations, locked in id order, with everything the rule table reads.

    Ids that are absent, foreign or outside `within` are simply not in the answer; with `skip_locked` neither are
    those that another transaction works on.

    Two statements: one that had to wait for the lock sees the row as it is now, but what it joined, say the
    representative or a pending offer, as it was before the wait. The second statement reads everything afresh.
    """
    rows = Conversation.objects.all() if within is None else within
    locked = rows.filter(pk__in=list(ids)).order_by("pk").select_for_update(of=("self",), skip_locked=skip_locked)
    held = list(locked.values_list("pk", flat=True))
    return list(needed(Conversation.objects.filter(pk__in=held), actor).order_by("pk"))
