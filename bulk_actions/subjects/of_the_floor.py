"""What queues and representatives have in common as subjects of a run: a name for a number, and the floor's rights."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import IntegerField, QuerySet, Value

from bulk_actions.subjects.subject import Line
from contact_center.tenancy.access import Actor
from conversations.floor.rights import refusal_of_person
from conversations.rules import sentence_of
from routing.models import Queue, Representative


class OfTheFloor(ABC):
    """`pages` is the folder of their pages' addresses."""

    noun: str
    pages: str
    model: type[Queue] | type[Representative]

    @abstractmethod
    def seen_by(self, actor: Actor) -> QuerySet[Any]:
        """Those in the person's scope."""

    def visible(self, actor: Actor) -> QuerySet[Any]:
        """They have no version: what they are is asked under the lock."""
        seen: QuerySet[Any] = self.seen_by(actor).annotate(version=Value(0, output_field=IntegerField()))
        return seen

    def why_not(self, action: str, actor: Actor) -> str:
        code = refusal_of_person(actor)
        return sentence_of(code) if code else ""

    def number_of(self, id: int) -> str:
        return str(self.model.objects.filter(pk=id).values_list("name", flat=True).first() or "")

    def lines(self, ids: Sequence[int], actor: Actor, slug: str) -> Mapping[int, Line]:
        """One query."""
        base = f"/o/{slug}/{self.pages}/" if slug else ""
        found = self.seen_by(actor).filter(pk__in=list(ids)).order_by("pk").values_list("pk", "name")
        return {pk: Line("", name, f"{base}{pk}/" if base else "") for pk, name in found}
