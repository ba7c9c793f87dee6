"""A member's own notifications, and their receipts: reached a browser, was read, was dismissed."""

from collections.abc import Collection, Iterable

from django.db.models import QuerySet
from django.db.models.functions import Coalesce
from django.utils import timezone

from contact_center.errors import NotFound
from contact_center.live.publish import publish_on_commit
from contact_center.tenancy.access import Actor
from conversations.models import Notification


def current(actor: Actor) -> QuerySet[Notification]:
    """One's own that are neither dismissed nor older than their life."""
    own = Notification.objects.filter(membership_id=actor.membership_id or 0)
    return own.filter(dismissed_at=None, expires_at__gt=timezone.now())


def newest(actor: Actor, count: int) -> list[tuple[int, bool]]:
    """Id and whether it is unread, the newest first. One query."""
    rows = current(actor).order_by("-created_at", "-pk").values_list("pk", "read_at")[:count]
    return [(pk, read_at is None) for pk, read_at in rows]


def unread_count(actor: Actor) -> int:
    return current(actor).filter(read_at=None).count()


def mark_delivered(actor: Actor) -> None:
    """They reached a browser of this member. One statement."""
    _receipt(actor, current(actor).filter(delivered_at=None), delivered_at=timezone.now())


def mark_read(actor: Actor, ids: Collection[int]) -> None:
    """They were shown. Raises NotFound when one of them isn't the member's."""
    own = Notification.objects.filter(membership_id=actor.membership_id or 0, pk__in=ids)
    if own.count() != len(set(ids)):
        raise NotFound("There is no such notification.")
    now = timezone.now()
    if _receipt(actor, own.filter(read_at=None), read_at=now, delivered_at=Coalesce("delivered_at", now)):
        _tell(actor)


def dismiss(actor: Actor, notification_id: int) -> None:
    """Again changes nothing. Raises NotFound when it isn't the member's."""
    own = Notification.objects.filter(membership_id=actor.membership_id or 0, pk=notification_id)
    if not own.exists():
        raise NotFound("There is no such notification.")
    if _receipt(actor, own.filter(dismissed_at=None), dismissed_at=timezone.now()):
        _tell(actor)


def dismiss_all(actor: Actor) -> int:
    dismissed = _receipt(actor, current(actor), dismissed_at=timezone.now())
    if dismissed:
        _tell(actor)
    return dismissed


def with_details(actor: Actor, ids: Iterable[int]) -> dict[int, Notification]:
    # Never empty: an empty list would skip the query, and the page shall read the same number of times always.
    rows = current(actor).filter(pk__in=[0, *ids]).select_related("conversation")
    return {row.pk: row for row in rows}


def _receipt(actor: Actor, rows: QuerySet[Notification], **moments: object) -> int:
    """Whoever sent them looks at the receipts: kind "receipt", no ids."""
    changed = rows.update(**moments)
    if changed:
        publish_on_commit(actor.organization_id, "receipt")
    return changed


def _tell(actor: Actor) -> None:
    """The member's other tabs."""
    publish_on_commit(actor.organization_id, "notification", [actor.membership_id or 0])
