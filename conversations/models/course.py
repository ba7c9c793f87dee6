"""The course of a conversation: sessions, participants, queue segments, offers."""

from typing import ClassVar

from django.db import models
from django.utils import timezone

from contact_center.tenancy.fields import OrganizationForeignKey
from contact_center.tenancy.scope import OrganizationModel, same_organization_key
from conversations.models.conversation import Conversation
from conversations.states import OfferKind, OfferOutcome, SessionClosure


class Session(OrganizationModel):
    """One attempt to get a conversation handled (reference.md §1.2).

    A conversation that is Open, Active or in Wrap-up has exactly one open session; a Waiting or Closed one has none.
    """

    conversation = OrganizationForeignKey(
        Conversation, on_delete=models.CASCADE, related_name="sessions", db_index=False
    )
    queue = OrganizationForeignKey("routing.Queue", on_delete=models.PROTECT, related_name="+", db_index=False)
    representative = OrganizationForeignKey(
        "routing.Representative", null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    opened_at = models.DateTimeField(default=timezone.now)
    offered_at = models.DateTimeField(null=True, blank=True)
    accepted_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    closure = models.CharField(max_length=40, choices=SessionClosure.choices, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organization", "conversation"],
                condition=models.Q(closed_at__isnull=True),
                name="one_open_session",
            ),
            same_organization_key("session_of_organization"),
        ]
        indexes: ClassVar = [
            # All sessions of a conversation, in order.
            models.Index(fields=["organization", "conversation", "opened_at"], name="session_of_conversation"),
            # Rejected and timed-out sessions of one person in a period.
            models.Index(fields=["organization", "representative", "closed_at"], name="session_by_representative"),
        ]

    def __str__(self) -> str:
        return f"Session {self.pk}"


class Participant(OrganizationModel):
    """Who takes part, in which way. Rows with mode *monitor* are the monitoring ledger: who, from when to when."""

    class Mode(models.TextChoices):
        PRIMARY = "primary", "Primary"
        CONSULT = "consult", "Consultant"
        MONITOR = "monitor", "Monitoring"

    conversation = OrganizationForeignKey(
        Conversation, on_delete=models.CASCADE, related_name="participants", db_index=False
    )
    representative = OrganizationForeignKey(
        "routing.Representative", null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    membership = OrganizationForeignKey(
        "tenancy.Membership", null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    mode = models.CharField(max_length=8, choices=Mode.choices)
    added_at = models.DateTimeField(default=timezone.now)
    joined_at = models.DateTimeField(null=True, blank=True)
    left_at = models.DateTimeField(null=True, blank=True)
    # When the page of somebody who monitors was last known to be open, to some seconds.
    seen_at = models.DateTimeField(null=True, blank=True)
    assign_reason = models.CharField(max_length=40, blank=True)
    left_reason = models.CharField(max_length=40, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organization", "conversation"],
                condition=models.Q(mode="primary", left_at__isnull=True),
                name="one_primary_at_most",
            ),
            models.UniqueConstraint(
                fields=["organization", "conversation", "membership", "mode"],
                condition=models.Q(left_at__isnull=True, membership__isnull=False),
                name="present_once_per_mode",
            ),
        ]
        indexes: ClassVar = [
            # Everybody in a conversation; who is present.
            models.Index(fields=["organization", "conversation", "added_at"], name="participant_of_conversation"),
            # "Who monitored me", and what a person monitors now.
            models.Index(fields=["organization", "membership", "-added_at"], name="participant_by_member"),
            # The monitoring ledger, newest first.
            models.Index(
                fields=["organization", "-added_at", "-id"],
                condition=models.Q(mode="monitor"),
                name="monitoring_ledger",
            ),
            # Who monitors now, and whose page has gone silent.
            models.Index(
                fields=["organization", "seen_at"],
                condition=models.Q(mode="monitor", left_at__isnull=True),
                name="monitoring_now",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.mode} {self.representative_id or self.membership_id}"


class QueueSegment(OrganizationModel):
    """One stay in one queue: the grain of queue metrics (reference.md §1.4).

    An ongoing conversation has exactly one open segment, and each begins where the one before it ended.
    """

    class Entry(models.TextChoices):
        DIRECT = "DirectQueueEntry", "Arrived"
        ASSIGNED = "SupervisorAssignToQueue", "Assigned by a supervisor"
        TRANSFER = "TransferIn", "Transferred in"
        OVERFLOW = "OverflowQueueTransfer", "Overflow"
        CUSTOMER_RETURNED = "CustomerReconnect", "Customer wrote again"
        ESCALATED = "BotTransferSession", "Escalated by an AI agent"
        RETURNED = "ReturnedToQueue", "Returned to the queue"

    conversation = OrganizationForeignKey(
        Conversation, on_delete=models.CASCADE, related_name="segments", db_index=False
    )
    queue = OrganizationForeignKey("routing.Queue", on_delete=models.PROTECT, related_name="+", db_index=False)
    source_queue = OrganizationForeignKey(
        "routing.Queue", null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    target_queue = OrganizationForeignKey(
        "routing.Queue", null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    entered_at = models.DateTimeField(default=timezone.now)
    first_offered_at = models.DateTimeField(null=True, blank=True)
    accepted_at = models.DateTimeField(null=True, blank=True)
    left_at = models.DateTimeField(null=True, blank=True)
    entry = models.CharField(max_length=40, choices=Entry.choices, default=Entry.DIRECT)
    exit = models.CharField(max_length=40, choices=SessionClosure.choices, blank=True)
    is_abandoned = models.BooleanField(default=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organization", "conversation"],
                condition=models.Q(left_at__isnull=True),
                name="one_open_segment",
            ),
        ]
        indexes: ClassVar = [
            # The stays of a conversation, in order.
            models.Index(fields=["organization", "conversation", "entered_at"], name="segment_of_conversation"),
            # What began, was accepted and ended in a period: the metrics' three events.
            models.Index(fields=["organization", "entered_at"], name="segment_began"),
            models.Index(
                fields=["organization", "accepted_at"],
                condition=models.Q(accepted_at__isnull=False),
                name="segment_accepted",
            ),
            models.Index(
                fields=["organization", "left_at"], condition=models.Q(left_at__isnull=False), name="segment_ended"
            ),
        ]

    def __str__(self) -> str:
        return f"Segment {self.pk}"


class Offer(OrganizationModel):
    """An invitation to one representative; its units are reserved while it is pending."""

    conversation = OrganizationForeignKey(Conversation, on_delete=models.CASCADE, related_name="offers", db_index=False)
    representative = OrganizationForeignKey(
        "routing.Representative", on_delete=models.PROTECT, related_name="offers", db_index=False
    )
    kind = models.CharField(max_length=10, choices=OfferKind.choices)
    made_by = OrganizationForeignKey(
        "tenancy.Membership", null=True, blank=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    units = models.PositiveIntegerField()
    offered_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=10, choices=OfferOutcome.choices, default=OfferOutcome.PENDING)
    # The run in Action History that waits for the answer, where a supervisor made the offer.
    operation_id = models.UUIDField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organization", "conversation"], condition=models.Q(outcome="pending"), name="one_pending_offer"
            ),
        ]
        indexes: ClassVar = [
            # A representative's pending offers and recent declines.
            models.Index(fields=["organization", "representative", "-offered_at"], name="offer_by_representative"),
            # A conversation's offers: passes and declines.
            models.Index(fields=["organization", "conversation", "-offered_at"], name="offer_of_conversation"),
            # What was offered in a period: the metrics of offers.
            models.Index(fields=["organization", "offered_at"], name="offer_made"),
            # Offers that run out.
            models.Index(
                fields=["organization", "expires_at"], condition=models.Q(outcome="pending"), name="offer_pending"
            ),
        ]

    def __str__(self) -> str:
        return f"Offer {self.pk}"
