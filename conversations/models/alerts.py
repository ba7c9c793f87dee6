"""Alerts to supervisors: something that needs somebody now, until it is over."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils import timezone

from contact_center.tenancy.fields import OrganizationForeignKey
from contact_center.tenancy.scope import OrganizationModel, same_organization_key
from conversations.models.conversation import Conversation


class Alert(OrganizationModel):
    """One, from when its condition began to hold until it no longer did. Seen by everybody whose scope covers it.

    About a conversation, or about a queue, or (both empty) about the whole organization. Written by
    `conversations/alerts/` alone.
    """

    class Level(models.TextChoices):
        """How a figure stands; empty for what has no degrees."""

        AT_RISK = "at_risk", "At risk"
        CRITICAL = "critical", "Critical"

    kind = models.CharField(max_length=40)
    conversation = OrganizationForeignKey(
        Conversation, null=True, blank=True, on_delete=models.CASCADE, related_name="alerts", db_index=False
    )
    queue = OrganizationForeignKey(
        "routing.Queue", null=True, blank=True, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    level = models.CharField(max_length=10, choices=Level.choices, blank=True)
    # What was measured when it began, and the limit it crossed: a score, a number, seconds, a share in thousandths.
    value = models.IntegerField(null=True, blank=True)
    limit = models.IntegerField(null=True, blank=True)
    raised_at = models.DateTimeField(default=timezone.now)
    # Since when what was measured is back; the alert ends when it has stayed so for a while.
    back_since = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    # The members in whose bells it rang, and those of them who were mailed.
    told = ArrayField(models.BigIntegerField(), default=list, blank=True)
    mailed = ArrayField(models.BigIntegerField(), default=list, blank=True)
    # Somebody has taken it on; it stays open for as long as it lasts.
    acknowledged_by = OrganizationForeignKey(
        "tenancy.Membership", null=True, blank=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    acknowledged_at = models.DateTimeField(null=True, blank=True)

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
            # The history, newest first.
            models.Index(fields=["organization", "-raised_at", "-id"], name="alert_newest"),
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


def _limit(default: int, least: int, most: int, words: str) -> models.PositiveIntegerField:
    validators = [MinValueValidator(least), MaxValueValidator(most)]
    return models.PositiveIntegerField(words, default=default, validators=validators)


class AlertSettings(OrganizationModel):
    """What an organization is alerted about, and from when on work counts as stuck. One row at most.

    Kinds that are off stand here rather than those that are on, so that a new kind is on.
    """

    off = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    never_mailed = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    offline_minutes = _limit(3, 1, 1_440, "representative offline for (minutes)")
    transfer_seconds = _limit(60, 10, 3_600, "transfer unanswered for (seconds)")
    wrap_up_minutes = _limit(10, 1, 1_440, "wrap-up for (minutes)")
    waiting_hours = _limit(24, 1, 1_000, "waiting for the customer for (hours)")
    # When a worker last looked; what it would have found since, nobody knows.
    judged_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = "alerts"
        constraints: ClassVar = [models.UniqueConstraint(fields=["organization"], name="alert_settings_once")]

    def __str__(self) -> str:
        return "Alerts"


class AlertChoice(OrganizationModel):
    """Of which alerts a member wants an e-mail; without a row, of none."""

    membership = OrganizationForeignKey("tenancy.Membership", on_delete=models.CASCADE, related_name="+")
    by_mail = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    # Figures: only what is Critical, or from At risk on.
    from_level = models.CharField(max_length=10, choices=Alert.Level.choices, default=Alert.Level.CRITICAL)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organization", "membership"], name="alert_choice_once"),
        ]

    def __str__(self) -> str:
        return f"Alerts of {self.membership_id}"
