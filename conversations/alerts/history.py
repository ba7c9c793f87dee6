"""The history of alerts: its rows, its filters, and how one of them reads."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import F, Q, QuerySet
from django.http import QueryDict
from django.urls import reverse

from contact_center.tenancy.access import Actor
from contact_center.tenancy.models import Membership
from contact_center.web.pagination import Keyset, Page, read_page
from contact_center.web.place import Place
from contact_center.web.query_filter import Field, QueryFilter, date_field
from contact_center.web.templatetags.console import duration
from conversations.alerts.kinds import KINDS, labels
from conversations.alerts.presenters import FORMER, taken_by
from conversations.alerts.reading import seen_by
from conversations.models import Alert
from conversations.visibility import queues_of

ORDER = Keyset(F("raised_at"), descending=True)
STATES: Mapping[str, tuple[str, Q]] = {
    "open": ("Open", Q(ended_at=None)),
    "untaken": ("Open, nobody on it", Q(ended_at=None, acknowledged_at=None)),
    "over": ("Over", Q(ended_at__isnull=False)),
}
# Whatever else changes of a row, one of these does.
STAMP = ("ended_at", "back_since", "acknowledged_at")


def history_filter(query: QueryDict, actor: Actor) -> QueryFilter:
    """One query, for the queues."""
    queues = {str(pk): name for pk, name in queues_of(actor).order_by("name").values_list("pk", "name")}
    levels = {value: str(label) for value, label in Alert.Level.choices}
    fields = (
        Field("kind", "Kind", labels(), lambda values: Q(kind__in=values)),
        Field("queue", "Queue", queues, _of_queue),
        Field("level", "Level", levels, lambda values: Q(level__in=values)),
        Field("state", "State", {name: label for name, (label, _) in STATES.items()}, _in_state),
        date_field("date", "Began", "raised_at", actor.time_zone),
    )
    return QueryFilter.from_query(query, fields)


def _of_queue(values: Sequence[str]) -> Q:
    ids = [int(value) for value in values]
    return Q(queue_id__in=ids) | Q(conversation__queue_id__in=ids)


def _in_state(values: Sequence[str]) -> Q:
    found = Q(pk__in=[])
    for value in values:
        found |= STATES[value][1]
    return found


def rows(actor: Actor, shown: QueryFilter) -> QuerySet[Alert]:
    return shown.apply(seen_by(actor).filter(kind__in=KINDS))


def page(actor: Actor, shown: QueryFilter, place: Place) -> Page[tuple[Any, ...]]:
    """Newest first. One query, two when the page asked for is gone."""
    anchor = place.anchor(moments=True)
    return read_page(rows(actor, shown), ORDER, size=place.size, anchor=anchor, columns=STAMP)


def described(ids: Sequence[int], actor: Actor) -> dict[int, dict[str, Any]]:
    """By id, for notifications/_alert_row.html. Two queries."""
    found = Alert.objects.filter(pk__in=[0, *ids]).select_related(
        "conversation__representative", "conversation__queue", "queue", "acknowledged_by__user"
    )
    alerts = list(found)
    told = {member for alert in alerts for member in alert.told}
    people = Membership.objects.filter(pk__in=[0, *told]).select_related("user")
    names = {member.pk: str(member) for member in people}
    return {alert.pk: _row(alert, names, actor.organization_slug) for alert in alerts}


def _row(alert: Alert, names: Mapping[int, str], slug: str) -> dict[str, Any]:
    kind, row = KINDS[alert.kind], alert.conversation
    title, text = kind.words(alert)
    queue = row.queue if row else alert.queue
    url = reverse("conversations:detail", args=[slug, row.pk]) if row else kind.address(alert, slug)
    told = [{"name": names.get(pk, FORMER), "mailed": pk in alert.mailed} for pk in alert.told]
    return {
        "id": alert.pk,
        "icon": kind.icon,
        "kind": kind.label,
        "title": title,
        "text": text,
        "url": url,
        "tone": kind.tone(alert),
        "queue": queue.name if queue else "All queues",
        "began": alert.raised_at.isoformat(),
        "ended": alert.ended_at.isoformat() if alert.ended_at else "",
        "lasted": duration(alert.ended_at - alert.raised_at) if alert.ended_at else "",
        "back_since": alert.back_since.isoformat() if alert.back_since and not alert.ended_at else "",
        "told": sorted(told, key=lambda person: str(person["name"])),
        "told_in_words": _told(told),
        "taken_by": taken_by(alert),
        "taken_at": alert.acknowledged_at.isoformat() if alert.acknowledged_at else "",
    }


def _told(told: Sequence[Mapping[str, Any]]) -> str:
    if not told:
        return "Nobody"
    mailed = sum(person["mailed"] for person in told)
    people = "1 person" if len(told) == 1 else f"{len(told):,} people"
    return f"{people}, {mailed:,} by e-mail" if mailed else people
