"""What Action History reads, each in a fixed number of queries whatever the number of rows."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, F, Min, OuterRef, QuerySet
from django.http import QueryDict

from bulk_actions.models import BulkAction, BulkActionItem
from bulk_actions.states import Outcome, RunStatus
from contact_center.errors import NotFound
from contact_center.tenancy.access import Actor
from contact_center.web.pagination import Keyset, Page, read_page
from contact_center.web.place import Place
from contact_center.web.query_filter import QueryFilter
from conversations.visibility import visible_to
from routing.models import Queue, Representative

RUN_ORDER = Keyset(F("started_at"), descending=True)
ITEM_ORDER = Keyset(F("conversation_id"), descending=False)
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


def items(bulk_action_id: int, actor: Actor, chosen: ItemFilter | None = None) -> QuerySet[BulkActionItem]:
    """The items whose conversations stand in the person's queues."""
    found = BulkActionItem.objects.filter(bulk_action_id=bulk_action_id)
    if actor.queue_ids is not None:
        found = found.filter(Exists(visible_to(actor).filter(pk=OuterRef("conversation_id"))))
    if chosen and chosen.outcome:
        found = found.filter(outcome=chosen.outcome, code=chosen.code)
    return found


def item_page(bulk_action_id: int, actor: Actor, chosen: ItemFilter, place: Place) -> Page[tuple[Any, ...]]:
    """(id, conversation, outcome, code) of one page. One query, two when the page asked for is gone."""
    return read_page(
        items(bulk_action_id, actor, chosen),
        ITEM_ORDER,
        size=place.size,
        anchor=place.anchor(moments=False),
        columns=("outcome", "code"),
    )


@dataclass(frozen=True, slots=True)
class ItemRows:
    """The items with what they speak of by name. A subject is missing where the conversation is gone."""

    items: Mapping[int, BulkActionItem]
    subjects: Mapping[int, str]
    representatives: Mapping[int, str]
    queues: Mapping[int, str]


def item_rows(ids: Sequence[int], actor: Actor) -> ItemRows:
    """Four queries."""
    found = {item.pk: item for item in BulkActionItem.objects.filter(pk__in=list(ids))}
    states = [state for item in found.values() for state in (item.before, item.after)]
    people = {state.get(name) for state in states for name in ("representative_id", "offered_to")}
    subjects = visible_to(actor).filter(pk__in=[item.conversation_id for item in found.values()])
    return ItemRows(
        found,
        dict(subjects.values_list("pk", "subject")),
        _names(Representative.objects.all(), people),
        _names(Queue.objects.all(), {state.get("queue_id") for state in states}),
    )


def _names(rows: QuerySet[Any], ids: set[int | None]) -> dict[int, str]:
    return dict(rows.filter(pk__in=ids - {None}).values_list("pk", "name"))


def outcome_groups(bulk_action_id: int, actor: Actor) -> list[tuple[str, str, str, int]]:
    """(outcome, code, a sentence, number), the most frequent first. One query."""
    found = (
        items(bulk_action_id, actor)
        .order_by()
        .values("outcome", "code")
        .annotate(number=Count("pk"), said=Min("sentence"))
        .values_list("outcome", "code", "said", "number")
    )
    return sorted(found, key=lambda group: (-group[3], group[0], group[1]))
