"""The one way to set a person's presence: the row, its history and the audit event."""

from datetime import datetime

from contact_center.audit.actions import AuditAction
from contact_center.audit.record import record
from contact_center.tenancy.access import Actor
from routing.models import PresenceChange, Representative


def set_presence(representative: Representative, presence: str, *, actor: Actor, now: datetime) -> None:
    """Set a base presence. Nothing is written when it is that already. The row must be locked."""
    if representative.presence == presence and representative.custom_presence_id is None:
        return
    before = representative.presence
    representative.presence, representative.presence_since = presence, now
    representative.custom_presence, representative.presence_set_by_system = None, False
    representative.save(update_fields=["presence", "presence_since", "custom_presence", "presence_set_by_system"])
    PresenceChange.objects.create(
        representative=representative, presence=presence, since=now, set_by_id=actor.membership_id
    )
    record(
        AuditAction.PRESENCE_CHANGED,
        actor=actor,
        object_type="representative",
        object_id=representative.pk,
        before={"presence": before},
        after={"presence": presence},
    )
