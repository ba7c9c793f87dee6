"""What leaves the console: outbox rows, webhook endpoints and notifications to members."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone

from contact_center.tenancy.fields import OrganizationForeignKey
from contact_center.tenancy.scope import OrganizationModel, same_organization_key
from conversations.models.conversation import Conversation


class WebhookEndpoint(OrganizationModel):
    url = models.URLField()
    secret = models.CharField(max_length=64, editable=False)
    events = ArrayField(models.CharField(max_length=60), default=list, blank=True, help_text="Empty: every event.")
    is_active = models.BooleanField(default=True)
    last_answer = models.CharField(max_length=250, blank=True, editable=False)

    class Meta:
        constraints: ClassVar = [same_organization_key("webhook_endpoint_of_organization")]

    def __str__(self) -> str:
        return self.url


class OutboxEntry(OrganizationModel):
    """Something to be delivered, written with the change; the key makes a repeated delivery harmless."""

    class Kind(models.TextChoices):
        CUSTOMER_MESSAGE = "customer_message", "Message to the customer"
        EVENT = "event", "Webhook event"
        EMAIL = "email", "E-mail"

    class Status(models.TextChoices):
        PENDING = "pending", "Pending"
        SENT = "sent", "Sent"
        FAILED = "failed", "Failed"

    kind = models.CharField(max_length=20, choices=Kind.choices)
    event = models.CharField(max_length=60, blank=True)
    conversation = OrganizationForeignKey(
        Conversation, null=True, blank=True, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    message = OrganizationForeignKey(
        "conversations.Message", null=True, blank=True, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    endpoint = OrganizationForeignKey(
        WebhookEndpoint, null=True, blank=True, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    payload = models.JSONField(default=dict)
    idempotency_key = models.CharField(max_length=120)
    status = models.CharField(max_length=8, choices=Status.choices, default=Status.PENDING)
    attempts = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now)
    due_at = models.DateTimeField(default=timezone.now)
    sent_at = models.DateTimeField(null=True, blank=True)
    last_answer = models.CharField(max_length=250, blank=True)

    class Meta:
        verbose_name_plural = "outbox entries"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organization", "idempotency_key"], name="outbox_once"),
        ]
        indexes: ClassVar = [
            # What the delivery worker takes next.
            models.Index(
                fields=["organization", "due_at", "id"], condition=models.Q(status="pending"), name="outbox_due"
            ),
            # The deliveries of one conversation.
            models.Index(fields=["organization", "conversation", "id"], name="outbox_of_conversation"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.idempotency_key}"


class Notification(OrganizationModel):
    """One notification to one member; lives 14 days or until dismissed."""

    membership = OrganizationForeignKey(
        "tenancy.Membership", on_delete=models.CASCADE, related_name="notifications", db_index=False
    )
    kind = models.CharField(max_length=40)
    title = models.CharField(max_length=100)
    text = models.CharField(max_length=1000)
    conversation = OrganizationForeignKey(
        Conversation, null=True, blank=True, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    operation_id = models.UUIDField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    delivered_at = models.DateTimeField(null=True, blank=True)
    read_at = models.DateTimeField(null=True, blank=True)
    dismissed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            # One per member and run, however many of the selected conversations are theirs.
            models.UniqueConstraint(
                fields=["organization", "operation_id", "membership", "kind", "conversation"],
                nulls_distinct=False,
                condition=models.Q(operation_id__isnull=False),
                name="notified_once_per_operation",
            )
        ]
        indexes: ClassVar = [
            # The bell: undismissed ones, newest first.
            models.Index(
                fields=["organization", "membership", "-created_at"],
                condition=models.Q(dismissed_at__isnull=True),
                name="notification_open",
            )
        ]

    def __str__(self) -> str:
        return self.title
