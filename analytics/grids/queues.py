"""The Queues grid: what each queue of the viewer's scope holds now, and how it did in the period."""

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q
from django.urls import reverse

from analytics import rollups
from analytics.grids.cells import Cell, with_records
from analytics.grids.table import Column, Shown
from analytics.leading import Leading
from analytics.metrics import METRICS, Value, measures_of, period_values
from analytics.metrics.definition import plain
from analytics.metrics.live import aggregates, ongoing
from analytics.metrics.measures import NOTHING
from analytics.scope import Scope
from analytics.thresholds import Limits, Thresholds, thresholds
from conversations.models import Conversation
from conversations.models.conversation import ONGOING_ROW
from conversations.visibility import queues_of
from routing.kinds import Kind, Presence
from routing.models import Queue, QueueMember, Representative
from routing.operating_hours import closed_by_hand, queue_is_open
from routing.overflow import gates

OF_NOW = (METRICS["backlog"], METRICS["longest_wait"])
OF_PERIOD = tuple(
    METRICS[name]
    for name in (
        "service_level_met",
        "abandon_rate",
        "average_stay",
        "stays_answered",
        "stays",
        "transfers_in",
        "transfers_out",
        "overflow_in",
        "overflow_out",
    )
)
MEASURED = measures_of(OF_PERIOD)
# What the page explains, in the order of the columns.
EXPLAINED = (
    "backlog",
    "longest_wait",
    "service_level_met",
    "abandon_rate",
    "average_stay",
    "stays_answered",
    "stays",
    "transfers_in",
    "transfers_out",
    "overflow_in",
    "overflow_out",
    "online_representatives",
)
ONLINE = tuple(presence for presence in Presence if presence is not Presence.OFFLINE)


@dataclass(frozen=True, slots=True)
class QueueRow:
    """For analytics/grids/_queue_row.html. `presences` are (presence, label, how many), without those nobody has."""

    id: int
    name: str
    page_url: str
    longest_url: str
    people_url: str
    type: str
    state: str
    state_label: str
    closed_until: str
    # Where its new work goes; `diverts` is false while that queue can't take any.
    diverts_to: str
    diverts: bool
    backlog: Cell
    longest_wait: Value
    longest_since: str
    longest_amber: str
    longest_red: str
    service_level: Cell
    service_level_seconds: int
    abandon_rate: Cell
    average_wait: Cell
    answered: Cell
    offered: Cell
    transfers_in: Cell
    transfers_out: Cell
    overflow_in: Cell
    overflow_out: Cell
    presences: tuple[tuple[str, str, int], ...]
    online: int
    members: int

    @property
    def overflows(self) -> bool:
        return bool(self.overflow_in.value or self.overflow_out.value)

    @property
    def stamp(self) -> "QueueRow":
        """Without the wait in seconds: the page's own clock runs on by itself."""
        return replace(self, longest_wait=None)


COLUMNS = (
    Column("name", "Queue", lambda row: row.name.casefold(), largest_first=False),
    Column("state", "State", lambda row: row.state_label, largest_first=False),
    Column("backlog", "Backlog", lambda row: row.backlog.value),
    Column("longest", "Longest wait", lambda row: row.longest_wait),
    Column("service-level", "Service level", lambda row: row.service_level.value, largest_first=False),
    Column("abandoned", "Abandon rate", lambda row: row.abandon_rate.value),
    Column("average", "Average wait", lambda row: row.average_wait.value),
    Column("answered", "Answered / offered", lambda row: row.answered.value),
    Column("transfers", "Transfers in / out", lambda row: row.transfers_in.value),
    Column("presence", "Representatives", lambda row: row.online),
)


def read(shown: Shown, now: datetime) -> list[QueueRow]:
    """All queues that the filter leaves. At most thirteen queries, whatever their number."""
    scope = with_records(shown.narrowing.scope)
    period = shown.narrowing.period(now)
    limits = thresholds()
    live, sums = live_by_queue(scope, now), rollups.sums_by_queue(period, scope, MEASURED)
    presences, rows = _presences(scope), list(_queues(shown))
    diverting = {pk for pk, gate in gates(now, [row.pk for row in rows]).items() if gate.diverts_to}
    leading = Leading(shown.narrowing, records=True)
    return [
        _row(
            queue,
            now,
            live.get(queue.pk, {}),
            period_values(sums.get(queue.pk, NOTHING), OF_PERIOD),
            presences.get(queue.pk, {}),
            limits,
            leading,
            diverts=queue.pk in diverting,
        )
        for queue in rows
    ]


def _queues(shown: Shown) -> Any:
    """The active ones, and inactive ones that still hold something."""
    held = Exists(Conversation.objects.filter(ONGOING_ROW, queue=OuterRef("pk")))
    found = queues_of(shown.narrowing.actor).filter(shown.narrowing.scope.of_queue("pk"))
    return (
        shown.narrowing.filter.apply(found)
        .filter(Q(is_active=True) | held)
        .select_related("operating_hours", "diverts_to")
    )


def live_by_queue(scope: Scope, now: datetime) -> dict[int, dict[str, Any]]:
    """Backlog and longest wait of each queue that holds anything. One query."""
    rows: Any = ongoing(scope).order_by().values("queue_id").annotate(**aggregates(OF_NOW, now))
    return {row["queue_id"]: {metric.name: row[f"of_{metric.name}"] for metric in OF_NOW} for row in rows}


def _presences(scope: Scope) -> dict[int, dict[str, int]]:
    people = QueueMember.objects.filter(
        scope.of_queue(), representative__is_active=True, representative__type=Representative.Type.PERSON
    )
    found: dict[int, dict[str, int]] = defaultdict(dict)
    for queue_id, presence, number in (
        people.order_by().values_list("queue_id", "representative__presence").annotate(n=Count("pk"))
    ):
        found[queue_id][presence] = number
    return found


def _row(
    queue: Queue,
    now: datetime,
    live: dict[str, Any],
    values: dict[str, Value],
    presences: dict[str, int],
    limits: Thresholds,
    leading: Leading,
    *,
    diverts: bool,
) -> QueueRow:
    def cell(name: str) -> Cell:
        return Cell.of(name, values, limits, leading.to(name, this))

    this = ("queue", str(queue.pk))
    state, state_label, closed_until = _state(queue, now)
    # Records don’t wait as customers do; their lists show no wait either.
    wait = None if queue.kind == Kind.RECORD else live.get("longest_wait")
    longest = limits.get("longest_wait", Limits())
    return QueueRow(
        id=queue.pk,
        name=queue.name,
        page_url=reverse("analytics:queue", args=[leading.slug, queue.pk]),
        longest_url=leading.to("longest_wait", this),
        people_url=leading.people(this),
        type=queue.get_kind_display(),
        state=state,
        state_label=state_label,
        closed_until=closed_until,
        diverts_to=queue.diverts_to.name if queue.diverts_to else "",
        diverts=diverts,
        backlog=Cell.of("backlog", {"backlog": plain(live.get("backlog", 0))}, limits, leading.to("backlog", this)),
        longest_wait=plain(wait),
        longest_since="" if wait is None else (now - wait).isoformat(timespec="seconds"),
        longest_amber="" if longest.at_risk is None else str(round(longest.at_risk)),
        longest_red="" if longest.critical is None else str(round(longest.critical)),
        service_level=cell("service_level_met"),
        service_level_seconds=queue.service_level_seconds,
        abandon_rate=cell("abandon_rate"),
        average_wait=cell("average_stay"),
        answered=cell("stays_answered"),
        offered=cell("stays"),
        transfers_in=cell("transfers_in"),
        transfers_out=cell("transfers_out"),
        overflow_in=cell("overflow_in"),
        overflow_out=cell("overflow_out"),
        presences=tuple((each.value, str(each.label), presences[each]) for each in Presence if presences.get(each)),
        online=sum(presences.get(each, 0) for each in ONLINE),
        members=sum(presences.values()),
    )


def _state(queue: Queue, now: datetime) -> tuple[str, str, str]:
    if not queue.is_active:
        return "closed", "Inactive", ""
    if queue_is_open(queue, now):
        return "open", "Open", ""
    if queue.closed_until is not None and now < queue.closed_until:
        return "closed", "Closed until", queue.closed_until.isoformat()
    return "closed", "Closed" if closed_by_hand(queue, now) else "Outside hours", ""
