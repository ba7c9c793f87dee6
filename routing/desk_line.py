"""Whether representatives' desks are open: the presence at sign-in, Offline while the line is lost, and the return.

The desk's page and socket say that they are there; rows say when somebody has to look at them next, so that a restart
forgets nobody (reference.md §1.7, §2.3). What happens to the conversations of who stays away isn't decided here.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from routing.capacity import presence_following
from routing.kinds import Presence
from routing.models import CustomPresence, PresenceChange, Representative
from routing.presence import presence_changed

# An open desk is read at least this often; twice a minute of it is written down.
NOTED_EVERY = timedelta(seconds=30)
SILENT_AFTER = timedelta(seconds=75)
# Back within this, presence is what it was and no conversation is lost.
GRACE = timedelta(seconds=150)
# Who keeps work for the moment, say while a transfer of it is pending, is looked at again.
LOOKED_AT_AGAIN = timedelta(seconds=30)
# Chosen as a default these hold; the others follow the units used.
KEPT_AT_SIGN_IN = frozenset({Presence.OFFLINE, Presence.AWAY, Presence.DO_NOT_DISTURB})
FOLLOWING = frozenset({Presence.AVAILABLE, Presence.BUSY, Presence.DO_NOT_DISTURB})
COLUMNS = (
    "desk_seen_at",
    "desk_lost_at",
    "desk_due_at",
    "presence_before",
    "presence",
    "presence_since",
    "presence_held",
    "presence_set_by_system",
    "custom_presence",
)


def at_desk(person: Representative, *, now: datetime | None = None) -> bool:
    """The desk is open; `person` as just read. True when their presence has changed with it.

    Writes twice a minute, and when somebody comes or returns; else it costs no query.
    """
    now = now or timezone.now()
    if person.type != Representative.Type.PERSON:
        return False
    if person.desk_seen_at is None or person.desk_lost_at is not None:
        return _arrives(person.pk, now)
    if now - person.desk_seen_at >= NOTED_EVERY:
        rows = Representative.objects.filter(pk=person.pk, desk_lost_at=None)
        rows.update(desk_seen_at=now, desk_due_at=now + SILENT_AFTER)
    return False


@transaction.atomic
def _arrives(representative_id: int, now: datetime) -> bool:
    people = Representative.objects.filter(pk=representative_id)
    row = people.select_for_update(of=("self",), no_key=True).first()
    if row is None:
        return False
    first, lost, before = row.desk_seen_at is None, row.desk_lost_at, row.presence_before
    row.desk_seen_at, row.desk_lost_at, row.desk_due_at = now, None, now + SILENT_AFTER
    row.presence_before = None
    changed = False
    if lost is not None and before is not None:
        changed = _restore(row, before, now) if now < lost + GRACE else _sign_in(row, now)
    elif first and row.presence == Presence.OFFLINE and row.presence_set_by_system:
        changed = _sign_in(row, now)
    row.save(update_fields=COLUMNS)
    if changed:
        presence_changed([row.pk], row.organization_id)
    return changed


def _sign_in(row: Representative, now: datetime) -> bool:
    wanted = Presence(row.default_presence)
    held = wanted in KEPT_AT_SIGN_IN
    return _becomes(row, wanted if held else presence_following(row), None, now, held=held, by_system=True)


def _restore(row: Representative, before: dict[str, Any], now: datetime) -> bool:
    """As it was; what followed capacity follows what is held now."""
    held, by_system = bool(before["held"]), bool(before["by_system"])
    custom = CustomPresence.objects.filter(pk=before["custom"] or 0).first()
    follows = by_system and not held and before["presence"] in FOLLOWING
    presence = presence_following(row) if follows else Presence(str(before["presence"]))
    return _becomes(row, presence, None if follows else custom, now, held=held, by_system=by_system)


def _becomes(
    row: Representative,
    presence: Presence,
    custom: CustomPresence | None,
    now: datetime,
    *,
    held: bool,
    by_system: bool,
) -> bool:
    """Whether anybody would see a difference; only then the history has a line."""
    row.presence_held, row.presence_set_by_system = held, by_system
    if (row.presence, row.custom_presence_id) == (presence, custom.pk if custom else None):
        return False
    row.presence, row.custom_presence, row.presence_since = presence, custom, now
    PresenceChange.objects.create(representative=row, presence=presence, custom_presence=custom, since=now)
    return True


def notice_lost_lines(*, organization_id: int, now: datetime) -> None:
    """Who hasn't been seen is Offline since then, until they return. Call inside a transaction."""
    silent = Representative.objects.filter(desk_lost_at=None, desk_due_at__lte=now).order_by("pk")
    changed = []
    for row in silent.select_for_update(of=("self",), no_key=True, skip_locked=True):
        seen = row.desk_seen_at or now
        row.desk_lost_at, row.desk_due_at = seen, seen + GRACE
        row.presence_before = {
            "presence": row.presence,
            "custom": row.custom_presence_id,
            "held": row.presence_held,
            "by_system": row.presence_set_by_system,
        }
        if _becomes(row, Presence.OFFLINE, None, now, held=True, by_system=True):
            changed.append(row.pk)
        row.save(update_fields=COLUMNS)
    presence_changed(changed, organization_id)


def stayed_away(now: datetime) -> list[int]:
    """Whose reconnect window is over and whose work hasn't been looked at since."""
    gone = Representative.objects.filter(desk_lost_at__lte=now - GRACE, desk_due_at__lte=now)
    return list(gone.order_by("pk").values_list("pk", flat=True))


def lock_gone(ids: Collection[int], now: datetime) -> frozenset[int]:
    """Of these, who is away still; nobody returns before the transaction ends."""
    gone = Representative.objects.filter(pk__in=ids, desk_lost_at__lte=now - GRACE).order_by("pk")
    return frozenset(gone.select_for_update(no_key=True).values_list("pk", flat=True))


def looked_at(ids: Collection[int], *, still_holding: Collection[int], now: datetime) -> None:
    """Who keeps something is looked at again; the others not before they return."""
    gone = Representative.objects.filter(pk__in=ids, desk_lost_at__isnull=False)
    gone.filter(pk__in=still_holding).update(desk_due_at=now + LOOKED_AT_AGAIN)
    gone.exclude(pk__in=still_holding).update(desk_due_at=None)
