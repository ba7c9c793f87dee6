"""Begins and ends alerts: one is open exactly while the condition of its kind holds, so a crossing alerts once."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from contact_center.live.publish import publish_on_commit
from contact_center.tenancy.models import OrganizationSettings
from contact_center.tenancy.scope import current_organization_id
from conversations.alerts.kinds import AlertKind, of_conversations
from conversations.models import Alert, Conversation

Key = tuple[str, int]


def settle(ids: Collection[int], *, now: datetime) -> None:
    """Put the alerts about these conversations right, whatever changed. Call where their rows are locked.

    Three statements, and two more where something begins or ends.
    """
    settings = OrganizationSettings.objects.first() or OrganizationSettings()
    holding = {key: value for kind in of_conversations() for key, value in _holding(kind, ids, settings)}
    begun = {
        (kind, row): pk
        for pk, kind, row in Alert.objects.filter(conversation_id__in=ids, ended_at=None).values_list(
            "pk", "kind", "conversation_id"
        )
    }
    _end([pk for key, pk in begun.items() if key not in holding], now)
    _begin({key: value for key, value in holding.items() if key not in begun}, now)


def end_of(ids: Iterable[int], *, now: datetime) -> None:
    """The conversations are over, and so is all that was to be done about them. One statement."""
    if Alert.objects.filter(conversation_id__in=list(ids), ended_at=None).update(ended_at=now):
        tell()


def tell() -> None:
    """Everybody who may see alerts looks again."""
    publish_on_commit(current_organization_id(), "alert")


def _holding(kind: AlertKind, ids: Collection[int], settings: OrganizationSettings) -> Iterable[tuple[Key, Any]]:
    assert kind.holds is not None  # noqa: S101  of_conversations has seen to it
    rows = Conversation.objects.filter(kind.holds(settings), pk__in=ids)
    columns = ("pk", kind.measures) if kind.measures else ("pk",)
    return [((kind.name, row[0]), row[1] if kind.measures else None) for row in rows.values_list(*columns)]


def _end(ids: list[int], now: datetime) -> None:
    if ids:
        Alert.objects.filter(pk__in=ids).update(ended_at=now)
        tell()


def _begin(holding: dict[Key, Any], now: datetime) -> None:
    if holding:
        begun = [
            Alert(kind=kind, conversation_id=row, value=value, raised_at=now) for (kind, row), value in holding.items()
        ]
        Alert.objects.bulk_create(begun, ignore_conflicts=True)
        tell()
