"""What was said, and the organization's prepared texts."""

from typing import Any, ClassVar

from django.db import models
from django.utils import timezone

from contact_center.tenancy.fields import OrganizationForeignKey
from contact_center.tenancy.scope import OrganizationModel, same_organization_key
from conversations.masking import mask
from conversations.models.conversation import Conversation
from conversations.states import Author


class MaskedText(models.TextField):
    """The text with what is hidden from those who watch, where that isn't the text itself: a search sees only this.

    The field writes itself whenever a message is saved, many at once included.
    """

    def pre_save(self, model_instance: Any, add: bool) -> str | None:
        masked = mask(model_instance.text)
        value = masked if masked != model_instance.text else None
        setattr(model_instance, self.attname, value)
        return value


class Message(OrganizationModel):
    """One message. An internal one never leaves the organization, by any path."""

    class Visibility(models.TextChoices):
        PUBLIC = "public", "Public"
        INTERNAL = "internal", "Internal"

    conversation = OrganizationForeignKey(
        Conversation, on_delete=models.CASCADE, related_name="messages", db_index=False
    )
    author = models.CharField(max_length=16, choices=Author.choices)
    representative = OrganizationForeignKey(
        "routing.Representative", null=True, blank=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    membership = OrganizationForeignKey(
        "tenancy.Membership", null=True, blank=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    visibility = models.CharField(max_length=8, choices=Visibility.choices, default=Visibility.PUBLIC)
    text = models.TextField()
    masked_text = MaskedText(null=True, editable=False)
    external_id = models.CharField(max_length=120, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar = [
            # A repeated external message is stored once.
            models.UniqueConstraint(
                fields=["organization", "external_id"], condition=~models.Q(external_id=""), name="message_once"
            ),
            same_organization_key("message_of_organization"),
        ]
        indexes: ClassVar = [
            # The transcript.
            models.Index(fields=["organization", "conversation", "id"], name="message_of_conversation")
        ]

    def __str__(self) -> str:
        return f"Message {self.pk}"


class MessageTemplate(OrganizationModel):
    """A prepared text with placeholders for Message Customer, Notify CSR or replies at the desk."""

    class Use(models.TextChoices):
        MESSAGE = "message", "Message Customer"
        NOTIFY = "notify", "Notify CSR"
        REPLY = "reply", "Reply at the desk"

    use = models.CharField(max_length=8, choices=Use.choices)
    name = models.CharField(max_length=80)
    title = models.CharField(max_length=100, blank=True)
    text = models.CharField(max_length=1000)
    is_active = models.BooleanField(default=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["organization", "use", "name"], name="template_once")]

    def __str__(self) -> str:
        return self.name
