"""Alerts of stuck work: one for each queue and kind, however many of its conversations are stuck."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count
from django.urls import reverse

from conversations.alerts.judging import Reading, add_source
from conversations.alerts.kinds import AlertKind, Words, register
from conversations.models import Alert, AlertSettings, Conversation
from conversations.models.conversation import ONGOING_ROW
from conversations.stuck import STUCK, Stuck

GROUP = "Stuck work"
PREFIX = "stuck_"


def readings(now: datetime, own: AlertSettings) -> Iterable[Reading]:
    """One query for each kind that the organization wants to hear of."""
    for each in STUCK.values():
        if _name(each) in own.off:
            continue
        rows: Any = Conversation.objects.filter(ONGOING_ROW, each.condition(own)).order_by().values("queue_id")
        for queue_id, number in rows.annotate(number=Count("pk")).values_list("queue_id", "number"):
            yield Reading(_name(each), queue_id, number)


def _name(each: Stuck) -> str:
    return f"{PREFIX}{each.name}"


def _words(each: Stuck) -> Words:
    def words(alert: Alert) -> tuple[str, str]:
        queue = alert.queue.name if alert.queue else "All queues"
        return f"{queue}: {each.counted(alert.value or 0)}", each.advice

    return words


def _address(each: Stuck) -> Any:
    def address(alert: Alert, slug: str) -> str:
        query = urlencode({"stuck": each.name, "queue": alert.queue_id})
        return f"{reverse('conversations:list', args=[slug])}?{query}"

    return address


for _each in STUCK.values():
    register(AlertKind(_name(_each), _each.label, GROUP, _each.icon, _words(_each), _address(_each), urgent=False))
add_source(readings)
