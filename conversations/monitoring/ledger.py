"""Who monitors and who did: the rows of the ledger, for the page, its viewers, the organization and the watched."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Coalesce

from contact_center.tenancy.access import Actor
from contact_center.tenancy.models import OrganizationSettings
from conversations.models import Participant

# An open page says twice as often that it is there.
NOTED_EVERY = timedelta(seconds=15)
# Long enough for a reload or a change of network; then the page is gone, since it was seen last.
SILENT_AFTER = timedelta(seconds=45)


def rows() -> QuerySet[Participant]:
    """The whole ledger, the readings of closed transcripts included."""
    return Participant.objects.filter(mode=Participant.Mode.MONITOR)


def open_rows() -> QuerySet[Participant]:
    return rows().filter(left_at=None)


def now_or_mine(conversation_id: int, actor: Actor) -> QuerySet[Participant]:
    """Everybody who monitors it now, and when this person did, the newest first."""
    found = rows().filter(conversation_id=conversation_id).select_related("membership__user")
    return found.filter(Q(left_at=None) | Q(membership_id=actor.membership_id or 0)).order_by("-added_at", "-pk")


def seen(actor: Actor, conversation_id: int, *, now: datetime) -> bool:
    """The person's page is open: written down now and then. Whether they monitor at all. At most two statements."""
    mine = open_rows().filter(conversation_id=conversation_id, membership_id=actor.membership_id or 0)
    if mine.filter(Q(seen_at=None) | Q(seen_at__lte=now - NOTED_EVERY)).update(seen_at=now):
        return True
    return mine.exists()


def silent_since(row: Participant) -> datetime:
    return row.seen_at or row.added_at


def is_silent(row: Participant, now: datetime) -> bool:
    return silent_since(row) <= now - SILENT_AFTER


def concerning(representative_id: int, *, now: datetime) -> QuerySet[Participant]:
    """Whoever watched conversations that this representative had taken part in by then."""
    took_part = Participant.objects.filter(
        conversation_id=OuterRef("conversation_id"),
        representative_id=representative_id,
        joined_at__lte=Coalesce(OuterRef("left_at"), Value(now)),
    )
    return rows().filter(Exists(took_part))


def with_names(ids: Iterable[int]) -> dict[int, Participant]:
    """The rows with the people and conversations in them. One query."""
    return rows().select_related("membership__user", "conversation__representative").in_bulk(list(ids))


def representatives_may_see() -> bool:
    """Whether the organization lets representatives see who monitors them. One query."""
    chosen = OrganizationSettings.objects.values_list("representatives_see_monitoring", flat=True).first()
    return True if chosen is None else chosen
