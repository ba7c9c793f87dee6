"""Which conversations a person may see: every look-up of a page, an action or a socket starts here."""

from django.db.models import Q, QuerySet

from contact_center.tenancy.access import Actor
from conversations.models import Conversation
from conversations.models.conversation import ONGOING_ROW
from routing.models import Queue, QueueMember, Representative


def visible_to(actor: Actor) -> QuerySet[Conversation]:
    """The organization's conversations, for a scoped supervisor those of the queues listed in the membership.

    An Active or Waiting conversation counts to its last queue, which is the one it carries.
    """
    conversations = Conversation.objects.all()
    return conversations if actor.queue_ids is None else conversations.filter(queue_id__in=sorted(actor.queue_ids))


def queues_of(actor: Actor) -> QuerySet[Queue]:
    """The queues whose names the person may read."""
    queues = Queue.objects.all()
    return queues if actor.queue_ids is None else queues.filter(pk__in=sorted(actor.queue_ids))


def representatives_of(actor: Actor) -> QuerySet[Representative]:
    """The representatives whose names the person may read: members of the scope's queues and whoever holds its work."""
    if actor.queue_ids is None:
        return Representative.objects.all()
    members = QueueMember.objects.filter(queue_id__in=sorted(actor.queue_ids)).values("representative_id")
    holders = visible_to(actor).filter(ONGOING_ROW, representative__isnull=False).values("representative_id")
    return Representative.objects.filter(Q(pk__in=members) | Q(pk__in=holders))
