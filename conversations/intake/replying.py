"""A representative wrote elsewhere: takes the conversation up for them, by the rule table, or says why not."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction

from contact_center.errors import DomainError, Refused
from contact_center.tenancy.access import Actor
from conversations.actions import perform
from conversations.actions.yielding import withdraw_routing_offers
from conversations.intake.names import acting
from conversations.models import Conversation
from conversations.rules import Action, why_not
from conversations.states import Phase
from routing.models import Representative

# What a representative's message implies in a state in which nobody talks yet.
TAKES_UP: dict[Phase, Action] = {
    Phase.OPEN: Action.TAKE_UP,
    Phase.AWAITING: Action.ACCEPT,
    Phase.WAITING: Action.REOPEN,
}


SENTENCES = {
    "not_yours": "Another representative holds this conversation.",
    "not_offered": "It is offered to another representative.",
    "not_in_queue": "The representative doesn't serve the conversation's queue.",
}


@dataclass(slots=True)
class TakenUp:
    """`changed` moved and have to be read again; the rest of the conversations were theirs already."""

    changed: list[int] = field(default_factory=list)
    refused: dict[int, DomainError] = field(default_factory=dict)


def take_up(
    authors: Mapping[int, Representative], rows: Mapping[int, Conversation], *, actor: Actor, now: datetime
) -> TakenUp:
    """`authors` by conversation id. Statements grow with the number of representatives who take something up."""
    outcome = TakenUp()
    groups: dict[tuple[Action, int], list[int]] = defaultdict(list)
    people = {person.pk: person for person in authors.values()}
    for conversation_id, person in authors.items():
        row = rows[conversation_id]
        if action := TAKES_UP.get(row.phase):
            groups[(action, person.pk)].append(conversation_id)
        elif refusal := why_not(Action.REPLY, row, acting(person, actor)):
            outcome.refused[conversation_id] = _refused(refusal.code, refusal.sentence)
    # Each takes units of one person: in the order in which people are locked everywhere.
    for (action, person_id), ids in sorted(groups.items(), key=lambda group: group[0][1]):
        for result in perform(action, ids, actor=acting(people[person_id], actor), now=now):
            if result.outcome == "succeeded":
                outcome.changed.append(result.id)
            else:
                outcome.refused[result.id] = _refused(result.code, result.sentence)
    for conversation_id in [pk for pk, error in outcome.refused.items() if error.code == "not_offered"]:
        if _taken_from_routing(conversation_id, acting(authors[conversation_id], actor), actor, now):
            del outcome.refused[conversation_id]
            outcome.changed.append(conversation_id)
    return outcome


def _taken_from_routing(conversation_id: int, person: Actor, actor: Actor, now: datetime) -> bool:
    """Offered to another by routing a moment ago: who has replied in fact has it, where they serve its queue."""
    with transaction.atomic():
        withdraw_routing_offers([conversation_id], actor=actor, now=now)
        (result,) = perform(Action.TAKE_UP, [conversation_id], actor=person, now=now)
        taken = result.outcome == "succeeded"
        if not taken:
            transaction.set_rollback(True)
    return taken


def _refused(code: str, sentence: str) -> Refused:
    """The table speaks to the representative; here somebody else reads it."""
    return Refused(SENTENCES.get(code, sentence), code=code)
