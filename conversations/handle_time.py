"""Handle time of a conversation: how long primary representatives had it, wrap-up included (reference.md §6.7).

Consultants' time doesn't count, nor does the time in which it waits for the customer: nobody holds it then.
"""

from datetime import timedelta

from django.db.models import DurationField, ExpressionWrapper, F, OuterRef, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce

from conversations.models import Participant


def _primaries(*, gone: bool) -> QuerySet[Participant]:
    return Participant.objects.filter(
        conversation_id=OuterRef("pk"),
        mode=Participant.Mode.PRIMARY,
        joined_at__isnull=False,
        left_at__isnull=not gone,
    )


def handled_before() -> Coalesce:
    """How long representatives who have left by now had it. Over a Conversation queryset."""
    stay = ExpressionWrapper(F("left_at") - F("joined_at"), output_field=DurationField())
    total = _primaries(gone=True).order_by().values("conversation_id").annotate(total=Sum(stay)).values("total")
    return Coalesce(Subquery(total, output_field=DurationField()), Value(timedelta()))


def handling_since() -> Subquery:
    """Since when the representative of now has it; empty while nobody does."""
    return Subquery(_primaries(gone=False).values("joined_at")[:1])
