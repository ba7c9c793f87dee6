"""The conversation, its customer, and the record it may stand for."""

from typing import ClassVar

from django.db import models
from django.db.models import F
from django.db.models.functions import Lower
from django.utils import timezone

from contact_center.tenancy.fields import OrganizationForeignKey
from contact_center.tenancy.scope import OrganizationModel, same_organization_key
from conversations.models.reasons import Disposition, ForceCloseReason
from conversations.states import Phase, Priority, Status, StatusReason, phase_of
from routing.kinds import Channel, Kind, Mode

ONGOING_ROW = ~models.Q(status=Status.CLOSED)
TALKING = [Status.OPEN, Status.ACTIVE]
# The score where the levels called negative end.
NEGATIVE_BELOW = 42


class Customer(OrganizationModel):
    """Somebody who writes or calls, as the organization's own systems know them."""

    external_id = models.CharField(max_length=120)
    name = models.CharField(max_length=120)
    email = models.EmailField(blank=True)
    opted_out_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organization", "external_id"], name="customer_once"),
            same_organization_key("customer_of_organization"),
        ]

    def __str__(self) -> str:
        return self.name


class RecordItem(OrganizationModel):
    """A case, e-mail or activity that was routed. Removing its conversation leaves it as it is."""

    class Type(models.TextChoices):
        CASE = "case", "Case"
        EMAIL = "email", "E-mail"
        ACTIVITY = "activity", "Activity"

    external_id = models.CharField(max_length=120)
    record_type = models.CharField(max_length=10, choices=Type.choices)
    title = models.CharField(max_length=250)
    case_number = models.CharField(max_length=40, blank=True)
    regarding = models.CharField(max_length=250, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    resolved_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organization", "external_id"], name="record_once"),
            same_organization_key("record_of_organization"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def reference(self) -> str:
        """What it is searched by beside its title."""
        return f"{self.case_number} {self.regarding}".strip()


class Tag(OrganizationModel):
    name = models.CharField(max_length=40)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organization", "name"], name="tag_once"),
            same_organization_key("tag_of_organization"),
        ]

    def __str__(self) -> str:
        return self.name


class Conversation(OrganizationModel):
    """An end-to-end interaction with one customer (reference.md §1.1). Written by `conversations/actions/` alone.

    `version` counts changes of state, reason, representative, queue and priority; `row_stamp` rises with anything a row
    shows. Customer and representative names are read through their keys; the customer's is kept here as well because
    the list is searched and sorted by it.
    """

    work_stream = OrganizationForeignKey(
        "routing.WorkStream", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    # The queue it is in, or was in last.
    queue = OrganizationForeignKey("routing.Queue", on_delete=models.PROTECT, related_name="+", db_index=False)
    # Whoever holds it, was offered it, or left it to wait for the customer.
    representative = OrganizationForeignKey(
        "routing.Representative",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="conversations",
        db_index=False,
    )
    customer = OrganizationForeignKey(
        Customer, null=True, blank=True, on_delete=models.PROTECT, related_name="conversations", db_index=False
    )
    record = OrganizationForeignKey(
        RecordItem, null=True, blank=True, on_delete=models.PROTECT, related_name="conversations", db_index=False
    )
    previous = OrganizationForeignKey(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="following", db_index=False
    )
    intent = OrganizationForeignKey(
        "routing.Intent", null=True, blank=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )

    kind = models.CharField(max_length=12, choices=Kind.choices)
    channel = models.CharField(max_length=20, choices=Channel.choices)
    mode = models.CharField(max_length=12, choices=Mode.choices)
    # Voice or video after an elevation; the kind stays messaging.
    elevated_to = models.CharField(max_length=8, blank=True)
    external_id = models.CharField(max_length=120, blank=True)
    subject = models.CharField(max_length=250)
    customer_name = models.CharField(max_length=120, blank=True)
    # Case number and regarding of its record, for the search alone.
    record_reference = models.CharField(max_length=300, blank=True)

    status = models.CharField(max_length=10, choices=Status.choices, default=Status.OPEN)
    status_reason = models.CharField(
        max_length=30, choices=StatusReason.choices, default=StatusReason.AWAITING_ASSIGNMENT
    )
    priority = models.PositiveSmallIntegerField(choices=Priority.choices, default=Priority.NORMAL)
    force_close_reason = OrganizationForeignKey(
        ForceCloseReason, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    disposition = OrganizationForeignKey(
        Disposition, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    transfer_pending = models.BooleanField(default=False)
    # Capacity units this conversation takes from its representative right now.
    units_held = models.PositiveIntegerField(default=0)

    version = models.PositiveIntegerField(default=1)
    row_stamp = models.PositiveIntegerField(default=1)

    created_at = models.DateTimeField(default=timezone.now)
    # Wait time runs from here (last entry into a queue) and freezes at `accepted_at`.
    queued_at = models.DateTimeField(default=timezone.now)
    accepted_at = models.DateTimeField(null=True, blank=True)
    status_since = models.DateTimeField(default=timezone.now)
    first_accepted_at = models.DateTimeField(null=True, blank=True)
    first_response_at = models.DateTimeField(null=True, blank=True)
    last_customer_message_at = models.DateTimeField(null=True, blank=True)
    # Since when the customer's last message has been without a reply; empty when replied to.
    unanswered_since = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    is_abandoned = models.BooleanField(default=False)
    transfer_count = models.PositiveSmallIntegerField(default=0)
    decline_count = models.PositiveSmallIntegerField(default=0)
    # When the next timer of this conversation is due (offer, wrap-up, auto-close); survives restarts.
    due_at = models.DateTimeField(null=True, blank=True)
    next_pass_at = models.DateTimeField(null=True, blank=True)
    customer_connected = models.BooleanField(default=True)
    # When the customer's chat page asked last, to half a minute; empty for other channels.
    customer_seen_at = models.DateTimeField(null=True, blank=True)
    customer_disconnected_at = models.DateTimeField(null=True, blank=True)
    # The customer's answer on their chat page; empty until there is one.
    monitoring_consent = models.BooleanField(null=True, blank=True)
    monitoring_consent_at = models.DateTimeField(null=True, blank=True)

    sentiment_score = models.PositiveSmallIntegerField(null=True, blank=True)
    # The score before the last change: the trend compares with it.
    sentiment_before = models.PositiveSmallIntegerField(null=True, blank=True)
    hand_raised_at = models.DateTimeField(null=True, blank=True)
    hand_note = models.CharField(max_length=250, blank=True)
    supervisor_note = models.TextField(blank=True)
    first_response_due_at = models.DateTimeField(null=True, blank=True)
    resolution_due_at = models.DateTimeField(null=True, blank=True)
    # The next of the two that is still to be kept, and from when on it is at risk (conversations/due.py).
    target_due_at = models.DateTimeField(null=True, blank=True)
    target_risk_at = models.DateTimeField(null=True, blank=True)

    tags = models.ManyToManyField(Tag, through="ConversationTag", related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(status=Status.CLOSED, closed_at__isnull=False)
                | (~models.Q(status=Status.CLOSED) & models.Q(closed_at__isnull=True)),
                name="closed_has_its_time",
            ),
            models.CheckConstraint(
                condition=~models.Q(status=Status.OPEN) | models.Q(representative__isnull=True),
                name="open_has_no_representative",
            ),
            models.CheckConstraint(
                condition=models.Q(representative__isnull=False) | models.Q(units_held=0),
                name="units_need_a_representative",
            ),
            models.UniqueConstraint(
                fields=["organization", "external_id"],
                condition=~models.Q(external_id=""),
                name="conversation_external_id_once",
            ),
            same_organization_key("conversation_of_organization"),
        ]
        indexes: ClassVar = [
            # All ongoing conversations, newest first: the landing page and its keyset pages.
            models.Index(fields=["organization", "-created_at", "-id"], condition=ONGOING_ROW, name="ongoing_newest"),
            # The same with closed ones: every status, or Closed alone, newest first.
            models.Index(fields=["organization", "-created_at", "-id"], name="conversation_newest"),
            # Channel filter and the built-in views by kind.
            models.Index(
                fields=["organization", "channel", "-created_at", "-id"],
                condition=ONGOING_ROW,
                name="ongoing_by_channel",
            ),
            # The same restricted to a queue: scoped supervisors, queue filter, routing.
            models.Index(
                fields=["organization", "queue", "-created_at", "-id"], condition=ONGOING_ROW, name="ongoing_by_queue"
            ),
            # Status filter and built-in views by status.
            models.Index(
                fields=["organization", "status", "-created_at", "-id"], condition=ONGOING_ROW, name="ongoing_by_status"
            ),
            # Longest wait: conversations nobody has accepted, by when they entered the queue.
            models.Index(
                fields=["organization", "queued_at", "id"],
                condition=ONGOING_ROW & models.Q(accepted_at__isnull=True),
                name="ongoing_waiting",
            ),
            # One representative's work: desk, filter, Notify, capacity check.
            models.Index(
                fields=["organization", "representative", "-created_at", "-id"],
                condition=ONGOING_ROW & models.Q(representative__isnull=False),
                name="ongoing_by_representative",
            ),
            # Recently closed view, report window, retention.
            models.Index(
                fields=["organization", "-closed_at", "-id"],
                condition=models.Q(status=Status.CLOSED),
                name="closed_newest",
            ),
            # A customer's ongoing persistent conversation and earlier ones.
            models.Index(fields=["organization", "customer", "-created_at"], name="conversation_by_customer"),
            # The conversation of a record that comes in again.
            models.Index(
                fields=["organization", "record"],
                condition=models.Q(record__isnull=False),
                name="conversation_by_record",
            ),
            # Chat pages that have gone silent.
            models.Index(
                fields=["organization", "customer_seen_at"],
                condition=models.Q(status__in=TALKING, customer_seen_at__isnull=False),
                name="conversation_seen",
            ),
            # Customers who stay away.
            models.Index(
                fields=["organization", "customer_disconnected_at"],
                condition=models.Q(status__in=TALKING, customer_disconnected_at__isnull=False),
                name="conversation_disconnected",
            ),
            # What is due next, at risk or breached.
            models.Index(
                fields=["organization", "target_due_at", "id"],
                condition=ONGOING_ROW & models.Q(target_due_at__isnull=False),
                name="ongoing_target",
            ),
            # In the order of names. Of all orders these two have the most different values, so that sorting is dearest.
            models.Index(
                F("organization"), Lower("subject"), F("id").desc(), condition=ONGOING_ROW, name="ongoing_by_subject"
            ),
            models.Index(
                F("organization"),
                Lower("customer_name"),
                F("id").desc(),
                condition=ONGOING_ROW,
                name="ongoing_by_customer",
            ),
            # All that the figures of the present are counted from: they are read here without the rows.
            models.Index(
                fields=[
                    "organization",
                    "channel",
                    "queue",
                    "status",
                    "status_reason",
                    "representative",
                    "queued_at",
                ],
                include=["id"],
                condition=ONGOING_ROW,
                name="ongoing_figures",
            ),
            # Unhappy customers, and those who wait for a reply: their views.
            models.Index(
                fields=["organization", "-created_at", "-id"],
                condition=ONGOING_ROW & models.Q(sentiment_score__lt=NEGATIVE_BELOW),
                name="ongoing_negative",
            ),
            models.Index(
                fields=["organization", "-created_at", "-id"],
                condition=ONGOING_ROW & models.Q(unanswered_since__isnull=False),
                name="ongoing_unanswered",
            ),
            # Raised hands: the filter and its view.
            models.Index(
                fields=["organization", "-created_at", "-id"],
                condition=models.Q(hand_raised_at__isnull=False),
                name="hand_raised",
            ),
            # How closed ones ended: the filters by reason and disposition.
            models.Index(
                fields=["organization", "force_close_reason", "-created_at", "-id"],
                condition=models.Q(force_close_reason__isnull=False),
                name="closed_by_reason",
            ),
            models.Index(
                fields=["organization", "disposition", "-created_at", "-id"],
                condition=models.Q(disposition__isnull=False),
                name="closed_by_disposition",
            ),
            # Timers that are due.
            models.Index(
                fields=["organization", "due_at"], condition=models.Q(due_at__isnull=False), name="conversation_due"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.subject}"

    @property
    def number(self) -> str:
        """What people call it; the id behind it is unique in the installation."""
        return f"C-{self.pk}"

    @property
    def phase(self) -> Phase:
        return phase_of(self.status, self.status_reason)


class ConversationTag(OrganizationModel):
    conversation = OrganizationForeignKey(Conversation, on_delete=models.CASCADE, related_name="+")
    tag = OrganizationForeignKey(Tag, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organization", "conversation", "tag"], name="conversation_tag_once")
        ]


class ConversationSkill(OrganizationModel):
    """A skill the conversation asks for, with the least proficiency."""

    conversation = OrganizationForeignKey(Conversation, on_delete=models.CASCADE, related_name="required_skills")
    skill = OrganizationForeignKey("routing.Skill", on_delete=models.CASCADE, related_name="+")
    proficiency = models.PositiveSmallIntegerField(default=1)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organization", "conversation", "skill"], name="conversation_skill_once")
        ]
