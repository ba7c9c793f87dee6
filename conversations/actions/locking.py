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
    """
    rows = Conversation.objects.all() if within is None else within
    wanted = needed(rows.filter(pk__in=list(ids)), actor).order_by("pk")
    return list(wanted.select_for_update(of=("self",), skip_locked=skip_locked))
