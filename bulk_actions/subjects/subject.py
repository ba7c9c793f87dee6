"""What the engine asks of the kind of thing that a run is about."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from django.db.models import Case, QuerySet, Value

from contact_center.tenancy.access import Actor
from conversations.actions import Result

# Queues of which a person has to see one.
Places = frozenset[frozenset[int]]


@dataclass(frozen=True, slots=True)
class Line:
    """One target as previews and run pages name it; `number` is empty where a name is all there is."""

    number: str
    subject: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class Names:
    """Names that a state speaks of by id."""

    representatives: Mapping[int, str]
    queues: Mapping[int, str]
    # Presences of the organization's own.
    presences: Mapping[int, str] = field(default_factory=dict)


class Subject(Protocol):
    """`noun` names one target. Every reading takes a fixed number of queries."""

    noun: str

    def visible(self, actor: Actor) -> QuerySet[Any]:
        """The targets that this person may act on, annotated with a `version` where the model has none."""
        ...

    def refusal_code(self, action: str, actor: Actor, *, bulk: bool) -> Case | Value:
        """Over these rows: why the action isn't possible; the empty string where nothing speaks against it."""
        ...

    def why_not(self, action: str, actor: Actor) -> str:
        """What speaks against the person whatever the target, as a sentence."""
        ...

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
        """One result for each id, in one transaction. `single` raises instead."""
        ...

    def number_of(self, id: int) -> str:
        """The target in a title, which everybody in the organization reads."""
        ...

    def lines(self, ids: Sequence[int], actor: Actor, slug: str) -> Mapping[int, Line]:
        """Those that this person sees; `slug` is empty where they have no page to go to."""
        ...

    def places(self, ids: QuerySet[Any, int]) -> Places:
        """For each target the queues of which somebody has to see one."""
        ...

    def names(self, states: Sequence[Mapping[str, Any]]) -> Names: ...

    def state_words(self, state: Mapping[str, Any], names: Names) -> str:
        """For example "Active with Ana Ruiz in Refunds"; empty for what isn't known."""
        ...
