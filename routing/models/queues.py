"""Queues, who serves them, when they are open and where they overflow to."""

from typing import ClassVar

from django.core.validators import MinValueValidator
from django.db import models

from contact_center.tenancy.fields import OrganizationForeignKey
from contact_center.tenancy.scope import OrganizationModel, same_organization_key
from routing.kinds import Kind


class OperatingHours(OrganizationModel):
    """Weekly opening hours: `weekly` maps "0".."6" (Monday first) to a list of ["09:00", "17:00"] pairs."""

    name = models.CharField(max_length=80)
    time_zone = models.CharField(max_length=64, default="UTC")
    weekly = models.JSONField(default=dict)

    class Meta:
        verbose_name_plural = "operating hours"
        constraints: ClassVar = [same_organization_key("operating_hours_of_organization")]

    def __str__(self) -> str:
        return self.name


class Queue(OrganizationModel):
    """Where work of one kind waits. Deactivated, never deleted."""

    name = models.CharField(max_length=80)
    description = models.CharField(max_length=250, blank=True)
    kind = models.CharField("type", max_length=12, choices=Kind.choices)
    priority = models.PositiveIntegerField(
        null=True, blank=True, validators=[MinValueValidator(1)], help_text="1 is served first; empty is served last."
    )
    intent_based = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    operating_hours = OrganizationForeignKey(
        OperatingHours, null=True, blank=True, on_delete=models.PROTECT, related_name="queues"
    )
    service_level_seconds = models.PositiveIntegerField(default=20)
    short_abandon_seconds = models.PositiveIntegerField(null=True, blank=True)
    first_response_seconds = models.PositiveIntegerField("first-response target (seconds)", null=True, blank=True)
    resolution_seconds = models.PositiveIntegerField("resolution target (seconds)", null=True, blank=True)
    customer_message = models.TextField(blank=True)
    # Closed by a supervisor: since when, and until when; without an end until it is reopened.
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_until = models.DateTimeField(null=True, blank=True)
    # New work goes there.
    diverts_to = OrganizationForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    # Where what waited when the queue was closed or diverted goes; empty: it stays.
    waiting_moves_to = OrganizationForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="+", editable=False
    )
    waiting_moves_before = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organization", "name"], name="queue_name_once"),
            same_organization_key("queue_of_organization"),
        ]

    def __str__(self) -> str:
        return self.name


class QueueMember(OrganizationModel):
    queue = OrganizationForeignKey(Queue, on_delete=models.CASCADE, related_name="members")
    representative = OrganizationForeignKey(
        "routing.Representative", on_delete=models.CASCADE, related_name="queue_memberships"
    )

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organization", "queue", "representative"], name="queue_member_once")
        ]
        indexes: ClassVar = [
            # "Which queues is this person in": dialogs, desk, presence board.
            models.Index(fields=["organization", "representative"], name="queue_member_by_person")
        ]

    def __str__(self) -> str:
        return f"{self.representative} in {self.queue}"


class QueueScope(OrganizationModel):
    """One queue that a scoped supervisor sees."""

    membership = OrganizationForeignKey("tenancy.Membership", on_delete=models.CASCADE, related_name="queue_scopes")
    queue = OrganizationForeignKey(Queue, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organization", "membership", "queue"], name="queue_scope_once")
        ]

    def __str__(self) -> str:
        return str(self.queue)


class OverflowRule(OrganizationModel):
    """What happens to work a queue can't take or that waits too long (reference.md §1.6)."""

    class Condition(models.TextChoices):
        OUTSIDE_HOURS = "outside_hours", "Outside operating hours"
        QUEUE_SIZE = "queue_size", "Conversations waiting reach"
        WAIT = "wait", "Waits longer than (seconds)"

    class Action(models.TextChoices):
        ASSIGN_ANYWAY = "assign_anyway", "Keep it in the queue"
        TRANSFER = "transfer", "Move it to another queue"
        END = "end", "End the conversation"

    queue = OrganizationForeignKey(Queue, on_delete=models.CASCADE, related_name="overflow_rules")
    condition = models.CharField(max_length=20, choices=Condition.choices)
    limit = models.PositiveIntegerField(null=True, blank=True)
    action = models.CharField(max_length=20, choices=Action.choices)
    target_queue = OrganizationForeignKey(Queue, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organization", "queue", "condition"], name="overflow_rule_once")
        ]

    def __str__(self) -> str:
        return f"{self.get_condition_display()}: {self.get_action_display()}"
