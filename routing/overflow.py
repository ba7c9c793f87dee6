"""What a queue does with work it can't take now: closed, too full, or waited too long (reference.md §1.6).

Decides, and changes nothing. Most queues have neither hours nor rules; for those one query says so.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from routing.kinds import Kind, Mode
from routing.models import OverflowRule, Queue, QueueMember
from routing.operating_hours import closed_by_hand, drains_since, queue_is_open

CLOSED_LINE = "We are closed right now. Please come back during our opening hours."
FULL_LINE = "We can't take your conversation right now because many others are waiting. Please try again later."
WAITED_LINE = "We are sorry that nobody could answer in time. Please try again later."


@dataclass(frozen=True, slots=True)
class Verdict:
    """Where the work goes: to `queue_id`, or nowhere with `told` said to the customer. Both empty: it stays."""

    queue_id: int | None = None
    told: str = ""

    @property
    def stays(self) -> bool:
        return self.queue_id is None and not self.told


STAYS = Verdict()


@dataclass(slots=True)
class Gate:
    """One queue with its hours and rules at one moment."""

    queue: Queue
    at: datetime
    rules: dict[str, OverflowRule] = field(default_factory=dict)
    # New work, and what waited before, goes on to these: they can take it now.
    diverts_to: Queue | None = None
    waiting_moves_to: Queue | None = None

    @property
    def drains_since(self) -> datetime | None:
        """What has been in the queue since before this is answered though the queue is closed."""
        return drains_since(self.queue, self.at)

    @property
    def is_open(self) -> bool:
        return queue_is_open(self.queue, self.at)

    @property
    def late_since(self) -> datetime | None:
        """What has been in the queue since before this has waited too long; None where nothing does, or where it would
        stay all the same, say because the queue it would move to is closed."""
        rule = self.rules.get(OverflowRule.Condition.WAIT)
        if rule is None or rule.limit is None:
            return None
        verdict = self._follow(rule, self.queue.kind, WAITED_LINE)
        return None if verdict is None or verdict.stays else self.at - timedelta(seconds=rule.limit)

    @property
    def ends_live_chats(self) -> bool:
        """Or sends them on: the queue is closed, and no rule keeps them in it."""
        return not self.is_open and not self.while_closed(kind=self.queue.kind, mode=Mode.LIVE_CHAT).stays

    def at_entry(self, *, kind: str, mode: str, waiting: int) -> Verdict:
        """For work that arrives while `waiting` others are Open in the queue."""
        if self.diverts_to is not None:
            return Verdict(queue_id=self.diverts_to.pk)
        if not self.is_open:
            return self.while_closed(kind=kind, mode=mode)
        rule = self.rules.get(OverflowRule.Condition.QUEUE_SIZE)
        if rule is None or rule.limit is None or waiting < rule.limit:
            return STAYS
        return self._follow(rule, kind, FULL_LINE) or STAYS

    def while_closed(self, *, kind: str, mode: str) -> Verdict:
        """Persistent work, calls and records are held; a live chat is told and ends. A rule may say otherwise."""
        if rule := self.rules.get(OverflowRule.Condition.OUTSIDE_HOURS):
            followed = self._follow(rule, kind, self._closed_line())
            if followed is not None:
                return followed
        return Verdict(told=self._closed_line()) if mode == Mode.LIVE_CHAT else STAYS

    def moved_along(self) -> Verdict:
        """For what waited when the queue was closed or diverted."""
        return STAYS if self.waiting_moves_to is None else Verdict(queue_id=self.waiting_moves_to.pk)

    def after_wait(self, *, kind: str, queued_at: datetime) -> Verdict:
        if self.late_since is None or queued_at > self.late_since:
            return STAYS
        return self._follow(self.rules[OverflowRule.Condition.WAIT], kind, WAITED_LINE) or STAYS

    def _closed_line(self) -> str:
        return self.queue.customer_message or CLOSED_LINE

    def _follow(self, rule: OverflowRule, kind: str, told: str) -> Verdict | None:
        """None where the rule can't be followed: its target takes no such work, or a record would be ended."""
        if rule.action == OverflowRule.Action.ASSIGN_ANYWAY:
            return STAYS
        if rule.action == OverflowRule.Action.END:
            return None if kind == Kind.RECORD else Verdict(told=told)
        target = rule.target_queue
        if target is None or target.pk == self.queue.pk or not self._takes(target, rule, kind):
            return None
        return Verdict(queue_id=target.pk)

    def _takes(self, target: Queue, rule: OverflowRule, kind: str) -> bool:
        has_members = getattr(rule, "target_has_members", False)
        return target.kind == kind and target.is_active and has_members and queue_is_open(target, self.at)


def gates(at: datetime, queue_ids: Iterable[int] | QuerySet[Any, Any] | None = None) -> dict[int, Gate]:
    """The queues that have hours, are closed for a while or have rules. One query; two where there are any."""
    has_rules = Exists(OverflowRule.objects.filter(queue_id=OuterRef("pk")))
    closed = Q(closed_until__gt=at) | Q(closed_at__isnull=False, closed_until=None)
    moved = Q(diverts_to__isnull=False) | Q(waiting_moves_to__isnull=False)
    restricted = Q(operating_hours__isnull=False) | closed | moved | has_rules
    queues = Queue.objects.filter(restricted).select_related("operating_hours")
    if queue_ids is not None:
        queues = queues.filter(pk__in=queue_ids)
    found = {queue.pk: Gate(queue, at) for queue in queues}
    if found:
        has_members = Exists(QueueMember.objects.filter(queue_id=OuterRef("target_queue_id")))
        rules = OverflowRule.objects.filter(queue_id__in=found).annotate(target_has_members=has_members)
        for rule in rules.select_related("target_queue__operating_hours"):
            found[rule.queue_id].rules[rule.condition] = rule
    _follow_diversions(found, at)
    return found


def _follow_diversions(found: dict[int, Gate], at: datetime) -> None:
    """One step, never two: a queue that diverts takes nothing diverted. One query where any queue moves work."""
    wanted = {pk for gate in found.values() for pk in (gate.queue.diverts_to_id, gate.queue.waiting_moves_to_id) if pk}
    if not wanted:
        return
    staffed = Exists(QueueMember.objects.filter(queue_id=OuterRef("pk")))
    targets = Queue.objects.filter(staffed, pk__in=wanted, is_active=True, diverts_to=None)
    takers = {queue.pk: queue for queue in targets.select_related("operating_hours") if not closed_by_hand(queue, at)}
    for gate in found.values():
        # A target that can't take anything now leaves the work where it is.
        gate.diverts_to = _taker(gate.queue, gate.queue.diverts_to_id, takers)
        gate.waiting_moves_to = _taker(gate.queue, gate.queue.waiting_moves_to_id, takers)


def _taker(queue: Queue, target_id: int | None, takers: dict[int, Queue]) -> Queue | None:
    target = takers.get(target_id or 0)
    return target if target is not None and target.kind == queue.kind and target.pk != queue.pk else None
