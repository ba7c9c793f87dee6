"""What became of a run outside the console: how each message was delivered, and which representatives saw theirs."""

import uuid
from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count

from bulk_actions.models import BulkAction
from bulk_actions.queries import items
from bulk_actions.states import Outcome
from contact_center.tenancy.access import Actor
from conversations.deliveries import STATE_ICONS
from conversations.models import Notification, OutboxEntry
from conversations.rules import Action
from routing.models import Representative

Kind, Status = OutboxEntry.Kind, OutboxEntry.Status
# Said of a delivery beside its state; the message itself needs no word.
WORDS: dict[str, str] = {Kind.CUSTOMER_MESSAGE: "", Kind.EMAIL: "E-mail: "}
# What an action publishes of what became of it.
TELLS: dict[str, frozenset[str]] = {
    Action.MESSAGE_CUSTOMER: frozenset({"conversation"}),
    Action.NOTIFY: frozenset({"notification", "receipt"}),
}
WORST_FIRST = (Status.FAILED, Status.PENDING, Status.SENT)


@dataclass(frozen=True, slots=True)
class Reach:
    """Of one run. Every reading takes a fixed number of queries, none for actions that send nothing."""

    run_id: int
    key: uuid.UUID
    action: str

    @classmethod
    def of(cls, run: BulkAction) -> "Reach":
        return cls(run.pk, run.key, run.action)

    @property
    def kinds(self) -> frozenset[str]:
        """What concerns its page beside the run itself."""
        return TELLS.get(self.action, frozenset())

    @property
    def delivers(self) -> bool:
        return self.action == Action.MESSAGE_CUSTOMER

    @property
    def notifies(self) -> bool:
        return self.action == Action.NOTIFY

    def deliveries(self, conversation_ids: Iterable[int]) -> dict[int, list[OutboxEntry]]:
        """By conversation. One query; the key names the run, so an index finds them."""
        if not self.delivers:
            return {}
        keys = [f"{self.key}:{pk}:{what}:0" for pk in conversation_ids for what in ("message", "email")]
        found: dict[int, list[OutboxEntry]] = {}
        for row in OutboxEntry.objects.filter(idempotency_key__in=keys).order_by("pk"):
            found.setdefault(row.conversation_id or 0, []).append(row)
        return found

    def stamps(self, conversation_ids: Iterable[int]) -> dict[int, tuple[tuple[str, str], ...]]:
        return {
            pk: tuple((row.status, row.last_answer) for row in rows)
            for pk, rows in self.deliveries(conversation_ids).items()
        }

    def receipts_stamp(self) -> Hashable:
        """One query."""
        if not self.notifies:
            return ()
        told = Notification.objects.filter(operation_id=self.key)
        return tuple(
            told.aggregate(Count("pk"), Count("delivered_at"), Count("read_at"), Count("dismissed_at")).values()
        )

    def receipts(self, actor: Actor) -> list[dict[str, Any]]:
        """One line for each representative behind conversations that the person sees. Two queries."""
        if not self.notifies:
            return []
        done = items(self.run_id, self.action, actor).filter(outcome=Outcome.SUCCEEDED)
        behind = {pk for pk in done.values_list("before__representative_id", flat=True).distinct() if pk}
        people = Representative.objects.filter(pk__in=behind | {0}).order_by("name", "pk")
        told = {
            row.membership_id: row
            for row in Notification.objects.filter(operation_id=self.key, membership__representative__in=behind | {0})
        }
        return [_receipt(each.name, told[each.membership_id]) for each in people if each.membership_id in told]


def delivery_of(rows: Iterable[OutboxEntry]) -> dict[str, str]:
    """One conversation's deliveries in one line, marked by the worst of them; empty where there are none."""
    known = list(rows)
    if not known:
        return {"state": "", "icon": "", "words": ""}
    state = next(status for status in WORST_FIRST if any(row.status == status for row in known))
    return {"state": state, "icon": STATE_ICONS[state], "words": " · ".join(_in_words(row) for row in known)}


def _in_words(row: OutboxEntry) -> str:
    said = f"{WORDS.get(row.kind, '')}{row.get_status_display()}"
    if row.status == Status.FAILED or (row.status == Status.PENDING and row.last_answer):
        said += f" ({row.last_answer})"
    return said


def _receipt(name: str, row: Notification) -> dict[str, Any]:
    """The furthest it came."""
    for label, icon, at in (
        ("Dismissed", "check", row.dismissed_at),
        ("Read", "check", row.read_at),
        ("Delivered", "status-active", row.delivered_at),
    ):
        if at:
            return {"name": name, "label": label, "icon": icon, "at": at.isoformat()}
    return {"name": name, "label": "Not seen yet", "icon": "status-open", "at": ""}
