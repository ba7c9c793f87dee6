"""Alerts to supervisors: something that needs somebody now, until it is over."""

from typing import ClassVar

from django.db import models
from django.utils import timezone

from contact_center.tenancy.fields import OrganizationForeignKey
from contact_center.tenancy.scope import OrganizationModel, same_organization_key
from conversations.models.conversation import Conversation


class Alert(OrganizationModel):
    """One, from when its condition began to hold until it no longer did. Seen by everybody whose scope covers it.

    About a conversation, or about a queue, or (both empty) about the whole organization.
    """

    kind = models.CharField(max_length=40)
    conversation = OrganizationForeignKey(
        Conversation, null=True, blank=True, on_delete=models.CASCADE, related_name="alerts", db_index=False
    )
    queue = OrganizationForeignKey(
        "routing.Queue", null=True, blank=True, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    # What was measured when it began: a score, a percentage, seconds.
    value = models.IntegerField(null=True, blank=True)
    raised_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            # Once per crossing.
            models.UniqueConstraint(
                fields=["organization", "kind", "conversation", "queue"],
                nulls_distinct=False,
                condition=models.Q(ended_at__isnull=True),
                name="alert_open_once",
            ),
            same_organization_key("alert_of_organization"),
        ]
        indexes: ClassVar = [
            # What is open, newest first.
            models.Index(
                fields=["organization", "-raised_at"], condition=models.Q(ended_at__isnull=True), name="alert_open"
            ),
            # A conversation's own.
            models.Index(fields=["organization", "conversation"], name="alert_of_conversation"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class AlertIgnored(OrganizationModel):
    """One person doesn't want to see one alert any more; for the others it stays."""

    alert = OrganizationForeignKey(Alert, on_delete=models.CASCADE, related_name="ignored")
    membership = OrganizationForeignKey("tenancy.Membership", on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organization", "alert", "membership"], name="alert_ignored_once"),
        ]

    def __str__(self) -> str:
        return f"Alert {self.alert_id} ignored"
