"""Conversations as the subject of a run: the rule table, and the one door to what is done to them."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db.models import Case, QuerySet, Value
from django.urls import reverse

from bulk_actions.subjects.subject import Line, Names, Places
from contact_center.tenancy.access import Actor
from conversations.actions import Result, perform
from conversations.models import Conversation
from conversations.rules import RULES, Action, refusal_code, sentence_of
from conversations.rules.ask import actor_refusal
from conversations.states import Phase, Status, StatusReason, phase_of
from conversations.visibility import visible_to
from routing.models import Queue, Representative


class Conversations:
    noun = "conversation"

    def visible(self, actor: Actor) -> QuerySet[Any]:
        return visible_to(actor)

    def refusal_code(self, action: str, actor: Actor, *, bulk: bool) -> Case | Value:
        return refusal_code(Action(action), actor, bulk=bulk)

    def why_not(self, action: str, actor: Actor) -> str:
        code = actor_refusal(RULES[Action(action)], actor)
        return sentence_of(code) if code else ""

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
        return perform(
            Action(action),
            ids,
            actor=actor,
            parameters=parameters,
            versions=versions,
            operation_id=operation_id,
            bulk=bulk,
            single=single,
        )

    def number_of(self, id: int) -> str:
        return f"C-{id}"

    def lines(self, ids: Sequence[int], actor: Actor, slug: str) -> Mapping[int, Line]:
        """One query. Without an address for people who have no conversation page."""
        base = reverse("conversations:list", args=[slug]) if slug else ""
        found = visible_to(actor).filter(pk__in=list(ids)).order_by("pk").values_list("pk", "subject")
        return {pk: Line(f"C-{pk}", subject, f"{base}{pk}/" if base else "") for pk, subject in found}

    def places(self, ids: QuerySet[Any, int]) -> Places:
        """One query."""
        queues = Conversation.objects.filter(pk__in=ids).order_by().values_list("queue_id", flat=True).distinct()
        return frozenset(frozenset({pk}) for pk in queues)

    def names(self, states: Sequence[Mapping[str, Any]]) -> Names:
        """Two queries."""
        people = {pk for state in states for name in ("representative_id", "offered_to") if (pk := state.get(name))}
        queues = {pk for state in states if (pk := state.get("queue_id"))}
        return Names(
            dict(Representative.objects.filter(pk__in=people).values_list("pk", "name")),
            dict(Queue.objects.filter(pk__in=queues).values_list("pk", "name")),
        )

    def state_words(self, state: Mapping[str, Any], names: Names) -> str:
        if not state.get("status"):
            return ""
        if state["status"] == Status.CLOSED:
            return StatusReason(state["status_reason"]).label
        words = Phase(phase_of(state["status"], state["status_reason"])).label
        if representative := names.representatives.get(state.get("representative_id") or 0):
            words += f" with {representative}"
        if queue := names.queues.get(state.get("queue_id") or 0):
            words += f" in {queue}"
        if offered_to := names.representatives.get(state.get("offered_to") or 0):
            words += f", transfer offered to {offered_to}"
        if over := state.get("exceeds_by"):
            words += f", exceeding by {over} unit{'' if over == 1 else 's'}"
        return words


CONVERSATIONS = Conversations()
