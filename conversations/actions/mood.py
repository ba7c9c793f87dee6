"""Stores what the sentiment of conversations has become; their rows change live, and alerts begin or end."""

from collections.abc import Mapping
from datetime import datetime

from django.db.models import Case, F, PositiveSmallIntegerField, Value, When

from contact_center.live.publish import publish_on_commit
from contact_center.tenancy.scope import current_organization_id
from conversations.alerts.settling import settle
from conversations.models import Conversation


def store_sentiment(scores: Mapping[int, int], *, now: datetime) -> None:
    """Conversations whose score stays as it is are left alone. A fixed number of statements, inside a transaction."""
    locked = Conversation.objects.filter(pk__in=scores).order_by("pk").select_for_update()
    known = dict(locked.values_list("pk", "sentiment_score"))
    changed = [pk for pk, before in known.items() if before != scores[pk]]
    if not changed:
        return
    whens = [When(pk=pk, then=Value(scores[pk])) for pk in changed]
    Conversation.objects.filter(pk__in=changed).update(
        sentiment_before=F("sentiment_score"),
        sentiment_score=Case(*whens, output_field=PositiveSmallIntegerField()),
        row_stamp=F("row_stamp") + 1,
    )
    publish_on_commit(current_organization_id(), "conversation", changed)
    settle(changed, now=now)
