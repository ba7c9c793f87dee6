"""What a preview tells beside the reasons: whom a run reaches, and what a target queue would take on."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

from bulk_actions.limits import NAMES
from bulk_actions.models import BulkAction
from conversations.models import Conversation
from conversations.rules.guards import WAITS_ONCE_MESSAGED
from conversations.states import Status
from routing.models import Representative


@dataclass(frozen=True, slots=True)
class Reached:
    """People a run reaches, the first of them by name."""

    number: int
    names: tuple[str, ...] = ()

    @property
    def more(self) -> int:
        return self.number - len(self.names)


@dataclass(frozen=True, slots=True)
class TakesOn:
    """Open conversations of a queue now, and with those of the run that aren't in it yet."""

    now: int
    then: int


def eligible_conversations(run: BulkAction) -> QuerySet[Conversation]:
    ids = run.items.filter(preview_code="").values("target_id")
    return Conversation.objects.filter(pk__in=ids)


def representatives_reached(run: BulkAction) -> Reached:
    """Each once, however many of the conversations are theirs. Two queries."""
    people = _people(run)
    return _reached(people.count(), people.values_list("name", flat=True))


def first_reached(run: BulkAction) -> Representative | None:
    """The first of the names. One query."""
    return _people(run).first()


def _people(run: BulkAction) -> QuerySet[Representative]:
    behind = eligible_conversations(run).values("representative_id")
    return Representative.objects.filter(pk__in=behind, type=Representative.Type.PERSON).order_by("name", "pk")


def customers_reached(run: BulkAction) -> Reached:
    """One query. Customers are counted and not named: there may be a thousand; an unknown one counts by itself."""
    found = eligible_conversations(run).aggregate(
        known=Count("customer_id", distinct=True), unknown=Count("pk", filter=Q(customer=None))
    )
    return Reached(found["known"] + found["unknown"])


def moving_to_waiting(run: BulkAction) -> int:
    """Open persistent ones, which wait for their customer once they were written to. One query."""
    return eligible_conversations(run).filter(WAITS_ONCE_MESSAGED).count()


def queues_take_on(run: BulkAction, queue_ids: Iterable[int]) -> Mapping[int, TakesOn]:
    """Two queries, whatever the number of queues."""
    wanted = list(queue_ids)
    waiting = _by_queue(Conversation.objects.filter(status=Status.OPEN, queue_id__in=wanted))
    coming = _by_queue(eligible_conversations(run))
    eligible = sum(coming.values())
    return {pk: TakesOn(waiting.get(pk, 0), waiting.get(pk, 0) + eligible - coming.get(pk, 0)) for pk in wanted}


def _by_queue(conversations: QuerySet[Conversation]) -> dict[int, int]:
    counted = conversations.order_by().values("queue_id").annotate(rows=Count("pk"))
    return dict(counted.values_list("queue_id", "rows"))


def _reached(number: int, names: QuerySet[Representative, str]) -> Reached:
    return Reached(number, tuple(names[:NAMES]))


def returning_to(run: BulkAction) -> dict[int, tuple[str, int]]:
    """Queue id → its name and how many of the eligible are in it, the most first. One query."""
    rows = eligible_conversations(run).order_by().values("queue_id", "queue__name").annotate(rows=Count("pk"))
    found = sorted(rows.values_list("queue_id", "queue__name", "rows"), key=lambda row: (-row[2], row[1]))
    return {pk: (name, number) for pk, name, number in found}
