"""How far a representative has read: what is new in a conversation, and that it has been seen."""

from django.db.models import Count, IntegerField, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce, Greatest

from contact_center.live.publish import publish_on_commit
from contact_center.tenancy.access import Actor
from conversations.models import Conversation, Message, Participant, ReadMark
from conversations.states import Author

# What people say is news; what the system or the organization says in between is not.
PEOPLE = (Author.CUSTOMER, Author.REPRESENTATIVE, Author.SUPERVISOR)


def consulted(representative_id: int) -> Q:
    """Over conversations: those in which the representative stayed as a consultant."""
    present = Participant.objects.filter(
        representative_id=representative_id, mode=Participant.Mode.CONSULT, left_at=None
    )
    return Q(pk__in=present.values("conversation_id"))


def unread_by(representative_id: int) -> Coalesce:
    """Over Conversation rows: messages of others since the person last looked, or last wrote themselves."""
    here = OuterRef(OuterRef("pk"))
    marks = ReadMark.objects.filter(conversation_id=here, representative_id=representative_id)
    own = Message.objects.filter(conversation_id=here, representative_id=representative_id).order_by("-pk")
    seen = Greatest(Coalesce(Subquery(marks.values("message_id")[:1]), 0), Coalesce(Subquery(own.values("pk")[:1]), 0))
    news = Message.objects.filter(conversation_id=OuterRef("pk"), author__in=PEOPLE, pk__gt=seen)
    counted = news.exclude(representative_id=representative_id).order_by().values("conversation_id")
    return Coalesce(Subquery(counted.annotate(n=Count("pk")).values("n"), output_field=IntegerField()), Value(0))


def mark_seen(actor: Actor, conversation_id: int, message_id: int) -> None:
    """The person has seen it up to this message; nothing happens when they take no part in it any more."""
    who = actor.representative_id or 0
    if not Conversation.objects.filter(Q(representative_id=who) | consulted(who), pk=conversation_id).exists():
        return
    shown = Message.objects.filter(conversation_id=conversation_id, pk__lte=message_id).order_by("-pk")
    newest = shown.values_list("pk", flat=True).first()
    if newest is None:
        return
    ReadMark.objects.bulk_create(
        [ReadMark(conversation_id=conversation_id, representative_id=who)], ignore_conflicts=True
    )
    # Never back: another tab may have seen more.
    further = Q(conversation_id=conversation_id, representative_id=who, message_id__lt=newest)
    if ReadMark.objects.filter(further).update(message_id=newest):
        publish_on_commit(actor.organization_id, "desk", [who])
