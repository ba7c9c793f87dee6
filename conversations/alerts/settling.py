"""Begins and ends alerts: one is open exactly while the condition of its kind holds, so a crossing alerts once."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any

from contact_center.live.publish import publish_on_commit
from contact_center.tenancy.models import OrganizationSettings
from contact_center.tenancy.scope import current_organization_id
from conversations.alerts import telling
from conversations.alerts.kinds import AlertKind, of_conversations
from conversations.models import Alert, AlertSettings, Conversation

Key = tuple[str, int]


def settle(ids: Collection[int], *, now: datetime) -> None:
    """Put the alerts about these conversations right, whatever changed. Call where their rows are locked.

    Four statements, and a few more where something begins or ends.
    """
    settings = OrganizationSettings.objects.first() or OrganizationSettings()
    own = AlertSettings.objects.first() or AlertSettings()
    holding = {key: value for kind in of_conversations(own.off) for key, value in _holding(kind, ids, settings)}
    begun = {
        (kind, row): pk
        for pk, kind, row in Alert.objects.filter(conversation_id__in=ids, ended_at=None).values_list(
            "pk", "kind", "conversation_id"
        )
    }
    end([pk for key, pk in begun.items() if key not in holding], now)
    new = [
        Alert(kind=kind, conversation_id=row, value=value, raised_at=now)
        for (kind, row), value in holding.items()
        if (kind, row) not in begun
    ]
    begin(new, own, now)


def end_of(ids: Iterable[int], *, now: datetime) -> None:
    """The conversations are over, and so is all that was to be done about them. One statement."""
    if Alert.objects.filter(conversation_id__in=list(ids), ended_at=None).update(ended_at=now):
        tell()


def end_of_kinds(names: Collection[str], now: datetime) -> None:
    """The organization doesn't want to hear of these any more, whatever they are about. One statement at most."""
    if names and Alert.objects.filter(kind__in=names, ended_at=None).update(ended_at=now):
        tell()


def tell() -> None:
    """Everybody who may see alerts looks again."""
    publish_on_commit(current_organization_id(), "alert")


def begin(alerts: Sequence[Alert], own: AlertSettings, now: datetime) -> None:
    """Raise them, and tell whom they concern. Call under the lock that keeps others from raising the same."""
    if alerts:
        telling.choose(alerts, own)
        Alert.objects.bulk_create(alerts)
        telling.mail(alerts, now)
        tell()


def end(ids: Collection[int], at: Any) -> None:
    if ids:
        Alert.objects.filter(pk__in=ids).update(ended_at=at)
        tell()


def _holding(kind: AlertKind, ids: Collection[int], settings: OrganizationSettings) -> Iterable[tuple[Key, Any]]:
    assert kind.holds is not None  # noqa: S101  of_conversations has seen to it
    rows = Conversation.objects.filter(kind.holds(settings), pk__in=ids)
    columns = ("pk", kind.measures) if kind.measures else ("pk",)
    return [((kind.name, row[0]), row[1] if kind.measures else None) for row in rows.values_list(*columns)]
