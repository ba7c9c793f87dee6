"""The names of those who type in a conversation right now, for its customer and for who watches."""

from collections.abc import Sequence

from conversations.models import Conversation, Participant
from conversations.typing import Typing


def names_of_ours(conversation_id: int, found: Typing) -> tuple[str, ...]:
    """Of those who take part; what is left of a mark when somebody has gone names nobody. One query at most."""
    return tuple(sorted({_name(person) for person in _present(conversation_id, found)}))


def names_for_a_watcher(conversation_id: int, found: Typing, membership_id: int | None) -> tuple[str, ...]:
    """The customer first, then everybody but the watcher themselves. Two queries at most."""
    theirs = {_name(row) for row in _present(conversation_id, found) if row.membership_id != (membership_id or 0)}
    return (*_customer(conversation_id, found), *sorted(theirs))


def _present(conversation_id: int, found: Typing) -> Sequence[Participant]:
    if not found.our_mark:
        return ()
    present = Participant.objects.filter(conversation_id=conversation_id, left_at=None)
    present = present.exclude(mode=Participant.Mode.MONITOR).select_related("representative", "membership__user")
    return [
        person
        for person in present
        if person.representative_id in found.representatives or person.membership_id in found.supervisors
    ]


def _name(person: Participant) -> str:
    return str(person.representative or person.membership)


def _customer(conversation_id: int, found: Typing) -> tuple[str, ...]:
    if not found.customer:
        return ()
    name = Conversation.objects.values_list("customer_name", flat=True).filter(pk=conversation_id).first()
    return (name or "The customer",)
