"""The one way a person's presence is set by somebody: the row, its history and the audit event, live for who looks.

What the system sets with capacity stands in `routing/capacity.py`.
"""

from collections.abc import Collection
from datetime import datetime

from django.utils import timezone

from contact_center.audit.actions import AuditAction
from contact_center.audit.record import record
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
    now = now or timezone.now()
    custom = presence if isinstance(presence, CustomPresence) else None
    base = _base(custom.base if custom else str(presence))
    if representative.type == Representative.Type.AI_AGENT:
        raise Refused("An AI agent has no presence to set.", code="ai_agent")
    # Capacity moves presence too: read what it is now under the lock.
    representative.refresh_from_db(from_queryset=Representative.objects.select_for_update(of=("self",), no_key=True))
    _leaves_desk_line(representative, by)
    custom_id = custom.pk if custom else None
    if (representative.presence, representative.custom_presence_id) == (base, custom_id):
        return _held(representative, base)
    before = representative.presence
    representative.presence, representative.presence_since = base, now
    representative.custom_presence, representative.presence_set_by_system = custom, False
    representative.presence_held = base in HELD
    representative.save(
        update_fields=["presence", "presence_since", "custom_presence", "presence_set_by_system", "presence_held"]
    )
    PresenceChange.objects.create(
        representative=representative,
        presence=base,
        custom_presence=custom,
        since=now,
        set_by_id=by.membership_id,
    )
    record(
        AuditAction.PRESENCE_CHANGED,
        actor=by,
        object_type="representative",
        object_id=representative.pk,
        before={"presence": before},
        after={"presence": base},
    )
    presence_changed([representative.pk], by.organization_id)
    return representative


def _leaves_desk_line(representative: Representative, by: Actor) -> None:
    """Chosen after the desk's line was lost: nothing is left to restore. Reported by another system, which looks after
    its people itself: the desk matters only when it is opened again."""
    names = ["presence_before"] if representative.presence_before is not None else []
    representative.presence_before = None
    if by.membership_id is None and representative.desk_seen_at is not None:
        representative.desk_seen_at = representative.desk_lost_at = representative.desk_due_at = None
        names += ["desk_seen_at", "desk_lost_at", "desk_due_at"]
    if names:
        representative.save(update_fields=names)


def _held(representative: Representative, base: Presence) -> Representative:
    """Chosen though it was that already: from now on capacity leaves it alone, where it would have changed it."""
    if base in HELD and not representative.presence_held:
        representative.presence_held, representative.presence_set_by_system = True, False
        representative.save(update_fields=["presence_held", "presence_set_by_system"])
    return representative


def presence_changed(representative_ids: Collection[int], organization_id: int) -> None:
    """Tell who looks, and offer what somebody may take now."""
    if representative_ids:
        publish_on_commit(organization_id, "representative", representative_ids)
        nudge_dispatch_on_commit(organization_id)


def _base(presence: str) -> Presence:
    if presence not in Presence.values or presence == Presence.INACTIVE:
        sentence = "Choose a presence from the list."
        raise Invalid(sentence, fields={"presence": sentence})
    return Presence(presence)
