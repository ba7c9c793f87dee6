"""What Action History reads, each in a fixed number of queries whatever the number of rows."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, F, Min, OuterRef, QuerySet
from django.http import QueryDict

from bulk_actions.kinds import kind_of
from bulk_actions.models import BulkAction, BulkActionItem
from bulk_actions.states import Outcome, RunStatus
from bulk_actions.subjects import Line, Names, Subject
from contact_center.errors import NotFound
from contact_center.tenancy.access import Actor
from contact_center.tenancy.roles import Right
from contact_center.web.pagination import Keyset, Page, read_page
from contact_center.web.place import Place
from contact_center.web.query_filter import QueryFilter

RUN_ORDER = Keyset(F("started_at"), descending=True)
ITEM_ORDER = Keyset(F("target_id"), descending=False)
# Named on the page of the first run.
RETRIES = 20


def runs() -> QuerySet[BulkAction]:
    """Every run that was confirmed; a preview is none yet."""
    return BulkAction.objects.exclude(status=RunStatus.PREVIEWED)


def run_page(place: Place, shown: QueryFilter) -> Page[tuple[Any, ...]]:
    """(id, start, stamp) of one page, newest first. One query, two when the page asked for is gone."""
    return read_page(
        shown.apply(runs()), RUN_ORDER, size=place.size, anchor=place.anchor(moments=True), columns=("row_stamp",)
    )


def run_rows(ids: Iterable[int]) -> dict[int, BulkAction]:
    """The runs with the names a row shows. One query."""
    return {
        run.pk: run for run in runs().filter(pk__in=list(ids)).select_related("created_by__user", "decided_by__user")
    }


def get_run(bulk_action_id: int) -> BulkAction:
    """Raises NotFound."""
    people = ("created_by__user", "decided_by__user", "retry_of")
    run = runs().filter(pk=bulk_action_id).select_related(*people).first()
    if run is None:
        raise NotFound("There is no such run.")
    return run


def retries_of(run: BulkAction) -> list[BulkAction]:
    """Runs over what failed in this one, the newest first. One query."""
    return list(runs().filter(retry_of_id=run.pk).order_by("-pk")[:RETRIES])


@dataclass(frozen=True, slots=True)
class ItemFilter:
    """Which outcomes of a run are looked at; nothing chosen is all of them."""

    outcome: str = ""
    code: str = ""

    @classmethod
    def of(cls, query: QueryDict) -> "ItemFilter":
        outcome = query.get("outcome", "")
        if outcome not in Outcome.values:
            return cls()
        return cls(outcome, query.get("reason", "").replace("\0", "")[:60])

    @property
    def parameters(self) -> dict[str, str]:
        given = {"outcome": self.outcome, "reason": self.code}
        return {name: value for name, value in given.items() if value}


def items(bulk_action_id: int, action: str, actor: Actor, chosen: ItemFilter | None = None) -> QuerySet[BulkActionItem]:
    """The items whose targets the person's queues let them see."""
    found = BulkActionItem.objects.filter(bulk_action_id=bulk_action_id)
    if actor.queue_ids is not None:
        found = found.filter(Exists(kind_of(action).subject.visible(actor).filter(pk=OuterRef("target_id"))))
    if chosen and chosen.outcome:
        found = found.filter(outcome=chosen.outcome, code=chosen.code)
    return found


def item_page(
    bulk_action_id: int, action: str, actor: Actor, chosen: ItemFilter, place: Place
) -> Page[tuple[Any, ...]]:
    """(id, target, outcome, code) of one page. One query, two when the page asked for is gone."""
    return read_page(
        items(bulk_action_id, action, actor, chosen),
        ITEM_ORDER,
        size=place.size,
        anchor=place.anchor(moments=False),
        columns=("outcome", "code"),
    )


@dataclass(frozen=True, slots=True)
class ItemRows:
    """The items with what they speak of by name. A line is missing where the target is gone."""

    subject: Subject
    items: Mapping[int, BulkActionItem]
    lines: Mapping[int, Line]
    names: Names


def item_rows(ids: Sequence[int], action: str, actor: Actor) -> ItemRows:
    """Four queries."""
    subject = kind_of(action).subject
    found = {item.pk: item for item in BulkActionItem.objects.filter(pk__in=list(ids))}
    states = [state for item in found.values() for state in (item.before, item.after)]
    slug = actor.organization_slug if actor.may(Right.SUPERVISE) else ""
    lines = subject.lines([item.target_id for item in found.values()], actor, slug)
    return ItemRows(subject, found, lines, subject.names(states))


def outcome_groups(bulk_action_id: int, action: str, actor: Actor) -> list[tuple[str, str, str, int]]:
    """(outcome, code, a sentence, number), the most frequent first. One query."""
    found = (
        items(bulk_action_id, action, actor)
        .order_by()
        .values("outcome", "code")
        .annotate(number=Count("pk"), said=Min("sentence"))
        .values_list("outcome", "code", "said", "number")
    )
    return sorted(found, key=lambda group: (-group[3], group[0], group[1]))
