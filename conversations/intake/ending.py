"""Customers and representatives end conversations elsewhere; what that means is the lifecycle's."""

from datetime import datetime

from contact_center.errors import NotFound, Refused
from contact_center.tenancy.access import Actor
from conversations.actions import lifecycle, perform
from conversations.intake.names import acting
from conversations.models import Conversation
from conversations.rules import Action, sentence_of
from conversations.rules.guards import customer_may_end
from conversations.states import Status
from routing.kinds import Kind

OVER = frozenset({Status.WRAP_UP, Status.CLOSED})


def end(conversation_id: int, *, by_customer: bool, actor: Actor, now: datetime) -> Conversation:
    """The conversation as it is afterwards; one that is over already stays as it is.

    Raises NotFound, or Refused with the reason.
    """
    # Nothing joined: after a wait for the lock it would be what it was before.
    row = Conversation.objects.select_for_update().filter(pk=conversation_id).first()
    if row is None:
        raise NotFound("There is no such conversation.")
    if row.kind == Kind.RECORD:
        raise Refused("A record isn't ended; it is resolved.", code="record_not_possible")
    if row.status in OVER:
        return row
    if by_customer:
        _by_customer(row, actor, now)
    else:
        _by_representative(row, actor, now)
    return Conversation.objects.get(pk=conversation_id)


def _by_customer(row: Conversation, actor: Actor, now: datetime) -> None:
    if not customer_may_end(row):
        sentence = "A persistent conversation stays open for the customer; its representative ends it."
        raise Refused(sentence, code="persistent")
    lifecycle.end_by_customer([row.pk], actor=actor, now=now)


def _by_representative(row: Conversation, actor: Actor, now: datetime) -> None:
    if row.representative is None:
        raise Refused(sentence_of("is_open"), code="is_open")
    (result,) = perform(Action.END, [row.pk], actor=acting(row.representative, actor), now=now)
    if result.outcome != "succeeded":
        raise Refused(result.sentence, code=result.code)
