"""One queue's page: what it takes, tells and sends elsewhere, what waits in it, and what can be done with it."""

from collections.abc import Hashable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.http import QueryDict
from django.urls import reverse

from analytics.grids import queues
from analytics.grids.pages import QUEUES
from analytics.grids.person import rows
from bulk_actions.coverage import why_not_act_on
from contact_center.tenancy.access import Actor
from conversations.states import Status
from conversations.visibility import queues_of, visible_to
from routing.floor import FloorAction
from routing.models import Queue
from routing.operating_hours import closed_by_hand, is_open
from routing.overflow import CLOSED_LINE, gates

# Of all that wait, the ones named here; the list has the others.
NAMED = 100
ICONS = {
    FloorAction.CLOSE_QUEUE: "lock",
    FloorAction.REOPEN_QUEUE: "release",
    FloorAction.DIVERT_QUEUE: "transfer",
    FloorAction.END_DIVERTING: "transfer",
    FloorAction.SET_QUEUE_MESSAGE: "message",
}


@dataclass(frozen=True)
class QueuePage:
    """As one actor sees it. `row` is its line of the grid; `stamps` are (conversation, stamp), the oldest first."""

    actor: Actor
    queue: Queue
    row: queues.QueueRow | None
    now: datetime
    diverts_now: bool
    moving_to: str
    waiting: int
    stamps: tuple[tuple[int, int], ...]

    @classmethod
    def read(cls, queue_id: int, actor: Actor, now: datetime) -> "QueuePage | None":
        """None where the viewer may not see it. A fixed number of queries."""
        found = queues_of(actor).select_related("operating_hours", "diverts_to", "waiting_moves_to")
        queue = found.filter(pk=queue_id).first()
        if queue is None:
            return None
        shown = QUEUES.shown(QueryDict(urlencode({"queue": queue.pk})), actor)
        row = next((each for each in queues.read(shown, now) if each.id == queue.pk), None)
        gate = gates(now, [queue.pk]).get(queue.pk)
        waits = visible_to(actor).filter(queue_id=queue.pk, status=Status.OPEN)
        return cls(
            actor=actor,
            queue=queue,
            row=row,
            now=now,
            diverts_now=gate is not None and gate.diverts_to is not None,
            moving_to=gate.waiting_moves_to.name if gate and gate.waiting_moves_to else "",
            waiting=waits.count(),
            stamps=tuple(waits.order_by("queued_at", "pk").values_list("pk", "row_stamp")[:NAMED]),
        )

    @property
    def stamp(self) -> Hashable:
        """Changes with whatever stands outside the table."""
        queue = self.queue
        control = (queue.closed_at, queue.closed_until, queue.diverts_to_id, queue.customer_message)
        return (*control, queue.is_active, self.diverts_now, self.moving_to, self.waiting, self.row and self.row.stamp)

    @property
    def head(self) -> dict[str, Any]:
        """For analytics/grids/_queue_head.html."""
        queue, slug = self.queue, self.actor.organization_slug
        held = urlencode([("queue", queue.pk), ("status", Status.OPEN.value)])
        return {
            "queue": queue,
            "row": self.row,
            "closed": closed_by_hand(queue, self.now),
            "outside_hours": not is_open(queue.operating_hours, self.now),
            "hours": str(queue.operating_hours) if queue.operating_hours else "",
            "diverts_now": self.diverts_now,
            "moving_to": self.moving_to,
            "told": queue.customer_message or CLOSED_LINE,
            "waiting": self.waiting,
            "unnamed": max(0, self.waiting - NAMED),
            "waiting_url": f"{reverse('conversations:list', args=[slug])}?{held}",
            "people_url": f"{reverse('analytics:representatives', args=[slug])}?{urlencode({'queue': queue.pk})}",
            "history_url": reverse("bulk_actions:history", args=[slug]),
            "commands": [self._command(action) for action in self._actions],
        }

    @property
    def context(self) -> dict[str, Any]:
        """For analytics/grids/queue.html."""
        slug = self.actor.organization_slug
        return {
            **self.head,
            "rows": rows([id for id, _ in self.stamps], self.actor),
            "list_url": reverse("analytics:queues", args=[slug]),
            "ws_url": f"/ws/o/{slug}/queue/?id={self.queue.pk}",
            "empty": {
                "icon": "inbox",
                "title": "Nobody waits",
                "text": "What enters the queue appears here by itself.",
            },
        }

    @property
    def _actions(self) -> list[FloorAction]:
        """What undoes stands where it was done."""
        closed = closed_by_hand(self.queue, self.now)
        return [
            FloorAction.REOPEN_QUEUE if closed else FloorAction.CLOSE_QUEUE,
            FloorAction.END_DIVERTING if self.queue.diverts_to_id else FloorAction.DIVERT_QUEUE,
            FloorAction.SET_QUEUE_MESSAGE,
        ]

    def _command(self, action: FloorAction) -> dict[str, str]:
        refusal = why_not_act_on(self.actor, action)
        if not refusal and not self.queue.is_active:
            refusal = "The queue has been deactivated."
        slug = self.actor.organization_slug
        url = reverse("analytics:queue-action", args=[slug, self.queue.pk, action.value])
        return {
            "name": action.value,
            "label": str(action.label),
            "icon": ICONS[action],
            "url": url,
            "reason": refusal,
        }
