"""Queues as the subject of a run, always one at a time."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db.models import Case, QuerySet, Value

from bulk_actions.subjects.of_the_floor import OfTheFloor
from bulk_actions.subjects.subject import Names, Places
from contact_center.tenancy.access import Actor
from conversations.actions import Result
from conversations.floor import queues
from conversations.visibility import queues_of
from routing.models import Queue


class Queues(OfTheFloor):
    noun = "queue"
    pages = "queues"
    model = Queue

    def seen_by(self, actor: Actor) -> QuerySet[Any]:
        return queues_of(actor)

    def refusal_code(self, action: str, actor: Actor, *, bulk: bool) -> Case | Value:
        return queues.refusal_code(action, actor)

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
        return queues.perform(
            action, list(ids), actor=actor, parameters=parameters, operation_id=operation_id, single=single
        )

    def places(self, ids: QuerySet[Any, int]) -> Places:
        return frozenset(frozenset({pk}) for pk in ids)

    def names(self, states: Sequence[Mapping[str, Any]]) -> Names:
        """One query."""
        named = ("diverts_to_id", "waiting_moves_to_id")
        wanted = {pk for state in states for name in named if (pk := state.get(name))}
        return Names({}, dict(Queue.objects.filter(pk__in=wanted).values_list("pk", "name")))

    def state_words(self, state: Mapping[str, Any], names: Names) -> str:
        if "closed_at" not in state:
            return ""
        words = "Closed for a while" if state["closed_until"] else "Closed" if state["closed_at"] else "Open"
        if target := names.queues.get(state.get("diverts_to_id") or 0):
            words += f", diverts to {target}"
        if target := names.queues.get(state.get("waiting_moves_to_id") or 0):
            words += f", what waits moves to {target}"
        return words + (", with a message" if state.get("message") else "")


QUEUES = Queues()
