"""Scores of sentiment: what is still to be computed, and what it was over time."""

from typing import ClassVar

from django.core.validators import MaxValueValidator
from django.db import models
from django.utils import timezone

from contact_center.tenancy.fields import OrganizationForeignKey
from contact_center.tenancy.scope import OrganizationModel
from conversations.models.conversation import Conversation


class SentimentScore(OrganizationModel):
    """The sentiment up to one moment at which the customer wrote; without a score it is still to be computed."""

    conversation = OrganizationForeignKey(
        Conversation, on_delete=models.CASCADE, related_name="sentiment_scores", db_index=False
    )
    at = models.DateTimeField(default=timezone.now)
    score = models.PositiveSmallIntegerField(null=True, blank=True, validators=[MaxValueValidator(100)])

    class Meta:
        indexes: ClassVar = [
            # A conversation's scores, in order.
            models.Index(fields=["organization", "conversation", "at"], name="sentiment_of_conversation"),
            # What the worker takes next.
            models.Index(fields=["organization", "id"], condition=models.Q(score__isnull=True), name="sentiment_due"),
        ]

    def __str__(self) -> str:
        return f"Sentiment {self.pk}"
