"""The names of a conversation's tags, beside its row."""

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import OuterRef, Subquery

from conversations.models import ConversationTag


def tag_names() -> Subquery:
    """In the order of the alphabet; read for the rows of a page, not for those that match."""
    own = ConversationTag.objects.filter(conversation_id=OuterRef("pk")).order_by().values("conversation_id")
    return Subquery(own.annotate(names=ArrayAgg("tag__name", order_by="tag__name")).values("names"))
