"""The alerts one person sees: within their scope, open or over; and what they do about one."""

from typing import NamedTuple

from django.db.models import Case, Exists, F, OuterRef, Q, QuerySet, When
from django.utils import timezone

from contact_center.audit.actions import AuditAction
from contact_center.audit.record import record
from contact_center.errors import NotFound
from contact_center.live.publish import publish_on_commit
from contact_center.tenancy.access import Actor
from contact_center.tenancy.roles import Right
from conversations.models import Alert, AlertIgnored

# More open ones than this are a list to look at, not alerts: the page of alerts shows them all.
SHOWN = 50
GONE = "This alert is over, or it isn’t about your queues."


def seen_by(actor: Actor) -> QuerySet[Alert]:
    """Supervisors' alone. An alert about the whole organization is for those who see all queues."""
    if not actor.may(Right.SUPERVISE):
        return Alert.objects.none()
    if actor.queue_ids is None:
        return Alert.objects.all()
    queues = sorted(actor.queue_ids)
    return Alert.objects.filter(Q(conversation__queue_id__in=queues) | Q(conversation=None, queue_id__in=queues))


def open_for(actor: Actor) -> QuerySet[Alert]:
    """Without those that the person ignores."""
    ignored = AlertIgnored.objects.filter(alert_id=OuterRef("pk"), membership_id=actor.membership_id or 0)
    return seen_by(actor).filter(~Exists(ignored), ended_at=None)


def newest(actor: Actor) -> tuple[int, ...]:
    """One query; none for those who have no alerts."""
    return tuple(stamp.alert_id for stamp in stamps(actor))


class Stamp(NamedTuple):
    """What an alert's lines are made of, and what can be done about it: whatever else is seen follows from these.

    `taken`: somebody has taken it on; `ends_soon`: its figure is back, for not long enough yet.
    """

    alert_id: int
    taken: bool
    ends_soon: bool
    conversation_id: int | None
    version: int | None
    consent: bool | None


def stamps(actor: Actor) -> tuple[Stamp, ...]:
    """First those that nobody has, of them what is critical."""
    if not actor.may(Right.SUPERVISE):
        return ()
    critical_first = Case(When(level=Alert.Level.CRITICAL, then=0), default=1)
    untaken_first = F("acknowledged_at").asc(nulls_first=True)
    rows = open_for(actor).order_by(untaken_first, critical_first, "-raised_at", "-pk")
    of_conversation = ("conversation_id", "conversation__version", "conversation__monitoring_consent")
    found = rows.values_list("pk", "acknowledged_at", "back_since", *of_conversation)[:SHOWN]
    return tuple(Stamp(pk, taken is not None, back is not None, *row) for pk, taken, back, *row in found)


def find(actor: Actor, alert_id: int) -> Alert:
    """Raises NotFound where the person sees no such alert, or it is over."""
    found = open_for(actor).filter(pk=alert_id).select_related("conversation").first()
    if found is None:
        raise NotFound(GONE)
    return found


def ignore(actor: Actor, alert_id: int) -> None:
    """For this person alone; again changes nothing."""
    member = actor.membership_id or 0
    visible = open_for(actor).filter(pk=alert_id).exists()
    if not visible and not AlertIgnored.objects.filter(alert_id=alert_id, membership_id=member).exists():
        raise NotFound(GONE)
    AlertIgnored.objects.get_or_create(alert_id=alert_id, membership_id=member, defaults={"at": timezone.now()})
    publish_on_commit(actor.organization_id, "notification", [member])


def acknowledge(actor: Actor, alert_id: int) -> None:
    """This person has taken it on, which everybody sees. Whoever was first stays; again changes nothing."""
    alert = find(actor, alert_id)
    free = Alert.objects.filter(pk=alert.pk, ended_at=None, acknowledged_at=None)
    if free.update(acknowledged_by_id=actor.membership_id, acknowledged_at=timezone.now()):
        record(
            AuditAction.ALERT_ACKNOWLEDGED,
            actor=actor,
            object_type="alert",
            object_id=alert.pk,
            after={"kind": alert.kind, "queue_id": alert.queue_id, "conversation_id": alert.conversation_id},
        )
        publish_on_commit(actor.organization_id, "alert")
