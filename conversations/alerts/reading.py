"""The alerts one person sees: open, within their scope, not ignored by them."""

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from contact_center.errors import NotFound
from contact_center.live.publish import publish_on_commit
from contact_center.tenancy.access import Actor
from contact_center.tenancy.roles import Right
from conversations.models import Alert, AlertIgnored

# More open ones than this are a list to look at, not alerts: the view of the list shows them all.
SHOWN = 50


def open_for(actor: Actor) -> QuerySet[Alert]:
    """Supervisors' alone. An alert about the whole organization is for those who see all queues."""
    if not actor.may(Right.SUPERVISE):
        return Alert.objects.none()
    ignored = AlertIgnored.objects.filter(alert_id=OuterRef("pk"), membership_id=actor.membership_id or 0)
    rows = Alert.objects.filter(~Exists(ignored), ended_at=None)
    if actor.queue_ids is None:
        return rows
    queues = sorted(actor.queue_ids)
    return rows.filter(Q(conversation__queue_id__in=queues) | Q(conversation=None, queue_id__in=queues))


def newest(actor: Actor) -> tuple[int, ...]:
    """One query; none for those who have no alerts."""
    if not actor.may(Right.SUPERVISE):
        return ()
    return tuple(open_for(actor).order_by("-raised_at", "-pk").values_list("pk", flat=True)[:SHOWN])


def find(actor: Actor, alert_id: int) -> Alert:
    """Raises NotFound where the person sees no such alert, or it is over."""
    found = open_for(actor).filter(pk=alert_id).select_related("conversation").first()
    if found is None:
        raise NotFound("This alert is over, or it isn’t about your queues.")
    return found


def ignore(actor: Actor, alert_id: int) -> None:
    """For this person alone; again changes nothing."""
    member = actor.membership_id or 0
    visible = open_for(actor).filter(pk=alert_id).exists()
    if not visible and not AlertIgnored.objects.filter(alert_id=alert_id, membership_id=member).exists():
        raise NotFound("This alert is over, or it isn’t about your queues.")
    AlertIgnored.objects.get_or_create(alert_id=alert_id, membership_id=member, defaults={"at": timezone.now()})
    publish_on_commit(actor.organization_id, "notification", [member])
