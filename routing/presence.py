"""The one way a person's presence is set by somebody: the row, its history and the audit event, live for who looks.

What the system sets with capacity stands in `routing/capacity.py`.
"""

import uuid
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.utils import timezone

from contact_center.audit.actions import AuditAction
from contact_center.audit.models import AuditEvent
from contact_center.audit.record import record_all
from contact_center.errors import Invalid, Refused
from contact_center.live.publish import publish_on_commit
from contact_center.tenancy.access import Actor
from routing.kinds import Presence
from routing.models import CustomPresence, PresenceChange, Representative
from routing.nudge import nudge_dispatch_on_commit

# Available and Busy hold until the next accept or close; these until they are changed (reference.md §1.7).
HELD = frozenset({Presence.DO_NOT_DISTURB, Presence.AWAY, Presence.OFFLINE})


def set_presence(
    representative: Representative,
    presence: str | CustomPresence,
    *,
    by: Actor,
    now: datetime | None = None,
) -> Representative:
    """Set a base presence or a custom one; the same again changes nothing. Returns the row, locked.

    Raises Invalid for Inactive, which the system alone sets, and for a name that isn't a presence; Refused for an AI
    agent.
    """
    base_of(presence)
    if representative.type == Representative.Type.AI_AGENT:
        raise Refused("An AI agent has no presence to set.", code="ai_agent")
    # Capacity moves presence too: read what it is now under the lock.
    representative.refresh_from_db(from_queryset=Representative.objects.select_for_update(of=("self",), no_key=True))
    _leave_desk_line([representative], by)
    if not is_already(representative, presence):
        set_presences([representative], presence, by=by, now=now or timezone.now())
    return representative


def is_already(representative: Representative, presence: str | CustomPresence) -> bool:
    """Whether choosing it would change nothing: it is that, and capacity leaves it alone where it would be held."""
    base, custom = base_of(presence), presence.pk if isinstance(presence, CustomPresence) else None
    same = (representative.presence, representative.custom_presence_id) == (base, custom)
    return same and (base not in HELD or representative.presence_held)


def set_presences(
    people: Sequence[Representative],
    presence: str | CustomPresence,
    *,
    by: Actor,
    now: datetime,
    operation_id: uuid.UUID | None = None,
) -> None:
    """Of many, in a fixed number of statements: the rows are locked, and none is in this presence already."""
    base, custom = base_of(presence), presence if isinstance(presence, CustomPresence) else None
    _leave_desk_line(people, by)
    held = {"presence_set_by_system": False, "presence_held": base in HELD}
    # Chosen though it was that already: from now on capacity leaves it alone, and it lasts as long as it does.
    kept = [row for row in people if (row.presence, row.custom_presence_id) == (base, custom.pk if custom else None)]
    others = [row for row in people if row not in kept]
    _store(kept, held)
    before = {row.pk: row.presence for row in others}
    _store(others, {**held, "presence": base, "presence_since": now, "custom_presence": custom})
    PresenceChange.objects.bulk_create(
        PresenceChange(representative=row, presence=base, custom_presence=custom, since=now, set_by_id=by.membership_id)
        for row in others
    )
    told = {} if operation_id is None else {"operation_id": operation_id}
    record_all(
        AuditEvent(
            action=AuditAction.PRESENCE_CHANGED,
            membership_id=by.membership_id,
            object_type="representative",
            object_id=row.pk,
            before={"presence": before[row.pk]},
            after={"presence": base},
            **told,
        )
        for row in others
    )
    presence_changed([row.pk for row in others], by.organization_id)


def _store(people: Sequence[Representative], values: Mapping[str, Any]) -> None:
    """In the rows and in the objects."""
    if not people:
        return
    Representative.objects.filter(pk__in=[row.pk for row in people]).update(**values)
    for row in people:
        for name, value in values.items():
            setattr(row, name, value)


def _leave_desk_line(people: Sequence[Representative], by: Actor) -> None:
    """Chosen after the desk's line was lost: nothing is left to restore. Reported by another system, which looks after
    its people itself: the desk matters only when it is opened again."""
    _store([row for row in people if row.presence_before is not None], {"presence_before": None})
    if by.membership_id is None:
        seen = [row for row in people if row.desk_seen_at is not None]
        _store(seen, {"desk_seen_at": None, "desk_lost_at": None, "desk_due_at": None})


def presence_changed(representative_ids: Collection[int], organization_id: int) -> None:
    """Tell who looks, and offer what somebody may take now."""
    if representative_ids:
        publish_on_commit(organization_id, "representative", representative_ids)
        nudge_dispatch_on_commit(organization_id)


def label_of(row: Representative | PresenceChange) -> str:
    """An organization's own presence by its own words."""
    return row.custom_presence.text if row.custom_presence else str(Presence(row.presence).label)


def base_of(choice: str | CustomPresence) -> Presence:
    """Raises Invalid for what nobody can choose."""
    presence = choice.base if isinstance(choice, CustomPresence) else str(choice)
    if presence not in Presence.values or presence == Presence.INACTIVE:
        sentence = "Choose a presence from the list."
        raise Invalid(sentence, fields={"presence": sentence})
    return Presence(presence)
