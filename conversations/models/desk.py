"""What the desk remembers of a person: how far they have read, and how they want to be told."""

from typing import ClassVar

from django.db import models

from contact_center.tenancy.fields import OrganizationForeignKey
from contact_center.tenancy.scope import OrganizationModel
from conversations.models.conversation import Conversation


class ReadMark(OrganizationModel):
    """Up to which message a representative has seen a conversation; every tab of theirs agrees on it."""

    conversation = OrganizationForeignKey(Conversation, on_delete=models.CASCADE, related_name="+", db_index=False)
    representative = OrganizationForeignKey(
        "routing.Representative", on_delete=models.CASCADE, related_name="+", db_index=False
    )
    message_id = models.BigIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organization", "conversation", "representative"], name="read_mark_once")
        ]

    def __str__(self) -> str:
        return f"Read up to {self.message_id}"


class DeskAlerts(OrganizationModel):
    """How a member wants to be told of offers and of new messages. Without a row, by sound alone."""

    membership = OrganizationForeignKey(
        "tenancy.Membership", on_delete=models.CASCADE, related_name="+", db_index=False
    )
    sound_offers = models.BooleanField(default=True)
    sound_messages = models.BooleanField(default=True)
    # Off until the person has let the browser show them.
    desktop_offers = models.BooleanField(default=False)
    desktop_messages = models.BooleanField(default=False)

    class Meta:
        verbose_name_plural = "desk alerts"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organization", "membership"], name="desk_alerts_once")
        ]

    def __str__(self) -> str:
        return "Desk alerts"
