"""Handle time of a conversation: how long people had it as primaries, wrap-up included (reference.md §6.7).

The one owner of it: the lists show it, the metrics add it up. Consultants’ and AI agents’ time doesn’t count, nor does
the time in which it waits for the customer: nobody holds it then.
"""

from datetime import timedelta

from django.db.models import DurationField, ExpressionWrapper, F, OuterRef, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce

from conversations.models import Participant
from routing.models import Representative


def _primaries(conversation: str, *, gone: bool) -> QuerySet[Participant]:
    return Participant.objects.filter(
        conversation_id=OuterRef(conversation),
        mode=Participant.Mode.PRIMARY,
        joined_at__isnull=False,
        left_at__isnull=not gone,
    ).exclude(representative__type=Representative.Type.AI_AGENT)


def handled_before(conversation: str = "pk") -> Coalesce:
    """How long those who have left by now had it; of a closed one, its whole handle time.

    Over conversations, or over rows whose column `conversation` leads to one.
    """
    stay = ExpressionWrapper(F("left_at") - F("joined_at"), output_field=DurationField())
    left = _primaries(conversation, gone=True).order_by().values("conversation_id")
    total = left.annotate(total=Sum(stay)).values("total")
    return Coalesce(Subquery(total, output_field=DurationField()), Value(timedelta()))


def handling_since() -> Subquery:
    """Since when the representative of now has it; empty while nobody does."""
    return Subquery(_primaries("pk", gone=False).values("joined_at")[:1])
