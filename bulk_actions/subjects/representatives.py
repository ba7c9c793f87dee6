"""Representatives as the subject of a run: their presence and their queues."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db.models import Case, QuerySet, Value

from bulk_actions.subjects.of_the_floor import OfTheFloor
from bulk_actions.subjects.subject import Names, Places
from contact_center.tenancy.access import Actor
from conversations.actions import Result
from conversations.floor import people
from conversations.models import Conversation
from conversations.models.conversation import ONGOING_ROW
from conversations.visibility import representatives_of
from routing.kinds import Presence
from routing.models import CustomPresence, Queue, QueueMember, Representative


class Representatives(OfTheFloor):
    noun = "representative"
    pages = "representatives"
    model = Representative

    def seen_by(self, actor: Actor) -> QuerySet[Any]:
        return representatives_of(actor)

    def refusal_code(self, action: str, actor: Actor, *, bulk: bool) -> Case | Value:
        return people.refusal_code(actor)

    def perform(
        self,
        action: str,
        ids: Iterable[int],
        *,
        actor: Actor,
        parameters: Mapping[str, Any],
        versions: Mapping[int, int],
        operation_id: uuid.UUID,
        bulk: bool = False,
        single: bool = False,
    ) -> list[Result]:
        return people.perform(action, ids, actor=actor, parameters=parameters, operation_id=operation_id, single=single)

    def places(self, ids: QuerySet[Any, int]) -> Places:
        """The queues they serve, and those of what they hold. Two queries."""
        people = list(ids)
        found: dict[int, set[int]] = {pk: set() for pk in people}
        for pk, queue_id in QueueMember.objects.filter(representative__in=people).values_list(
            "representative_id", "queue_id"
        ):
            found[pk].add(queue_id)
        held = Conversation.objects.filter(ONGOING_ROW, representative__in=people).order_by()
        for pk, queue_id in held.values_list("representative_id", "queue_id").distinct():
            if pk is not None:
                found[pk].add(queue_id)
        return frozenset(frozenset(queues) for queues in found.values())

    def names(self, states: Sequence[Mapping[str, Any]]) -> Names:
        """Two queries: queues, and presences of the organization's own."""
        queues = {pk for state in states for pk in state.get("queues", ())}
        own = {pk for state in states if (pk := state.get("custom"))}
        return Names(
            {},
            dict(Queue.objects.filter(pk__in=queues).values_list("pk", "name")),
            dict(CustomPresence.objects.filter(pk__in=own).values_list("pk", "text")),
        )

    def state_words(self, state: Mapping[str, Any], names: Names) -> str:
        if "presence" in state:
            return names.presences.get(state.get("custom") or 0) or str(Presence(state["presence"]).label)
        if "queues" in state:
            return ", ".join(sorted(names.queues.get(pk, "a deleted queue") for pk in state["queues"])) or "No queues"
        return ""


REPRESENTATIVES = Representatives()
