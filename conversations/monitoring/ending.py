"""Monitoring that ends by itself: with the last open page, and with the right to it."""

import uuid
from collections.abc import Iterable
from datetime import datetime
from itertools import groupby

from django.db import transaction

from contact_center.tenancy.access import Actor, NotAMember, actor_of_membership
from conversations.actions.context import Context
from conversations.actions.locking import lock_conversations
from conversations.actions.monitoring import PAGE_LEFT, RIGHT_ENDED, ends
from conversations.actions.write import write
from conversations.models import Participant
from conversations.monitoring import ledger
from conversations.rules import Action, eligible
from conversations.visibility import visible_to


def end_what_is_over(*, organization_id: int, now: datetime) -> int:
    """Go through everybody who monitors in the organization in scope; how many rows of the ledger were ended.

    A page that went silent ended it when it was seen last. A fixed number of statements for each person.
    """
    rows = list(ledger.open_rows().order_by("membership_id", "pk"))
    return sum(
        _end_of(membership_id, list(own), organization_id=organization_id, now=now)
        for membership_id, own in groupby(rows, key=lambda row: row.membership_id)
    )


def _end_of(membership_id: int | None, rows: list[Participant], *, organization_id: int, now: datetime) -> int:
    silent = {row.conversation_id for row in rows if ledger.is_silent(row, now)}
    heard = [row.conversation_id for row in rows if row.conversation_id not in silent]
    try:
        actor = actor_of_membership(membership_id or 0)
    except NotAMember:
        actor, allowed = Actor(organization_id, membership_id=membership_id), set()
    else:
        may = eligible(visible_to(actor).filter(pk__in=[0, *heard]), Action.WATCH, actor)
        allowed = set(may.values_list("pk", flat=True))
    refused = set(heard) - allowed
    return _end(silent, actor, PAGE_LEFT, now) + _end(refused, actor, RIGHT_ENDED, now)


def _end(ids: Iterable[int], actor: Actor, reason: str, now: datetime) -> int:
    """Judged again under the lock: the page may be back, or the person may have stopped meanwhile."""
    with transaction.atomic():
        locked = lock_conversations(ids, actor)
        found = ledger.open_rows().filter(membership_id=actor.membership_id or 0)
        rows = {row.conversation_id: row for row in found.filter(conversation_id__in=[row.pk for row in locked])}
        context = Context(actor, Action.STOP_MONITORING, now, uuid.uuid4(), {})
        steps = []
        for conversation in locked:
            row = rows.get(conversation.pk)
            if row is None or (reason == PAGE_LEFT and not ledger.is_silent(row, now)):
                continue
            steps.append(ends(conversation, context, reason))
        write(steps, actor=actor, now=now, operation_id=context.operation_id)
    return len(steps)
