"""Runs and their items: the only truth about bulk work; the broker carries an id."""

import uuid
from typing import ClassVar

from django.db import models
from django.utils import timezone

from bulk_actions.states import UNFINISHED, Outcome, RunStatus
from contact_center.tenancy.fields import OrganizationForeignKey
from contact_center.tenancy.scope import OrganizationModel, same_organization_key


class BulkAction(OrganizationModel):
    """One run of one action over a frozen selection; a single action is a run of one.

    `key` is the idempotency key and the audit's operation id. Counters are kept by the chunk transactions, so a list of
    runs needs no counting.
    """

    key = models.UUIDField(default=uuid.uuid4, editable=False)
    action = models.CharField(max_length=40)
    title = models.CharField(max_length=250)
    parameters = models.JSONField(default=dict)
    created_by = OrganizationForeignKey(
        "tenancy.Membership", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    single = models.BooleanField(default=False)
    status = models.CharField(max_length=24, choices=RunStatus.choices, default=RunStatus.PREVIEWED)
    status_sentence = models.CharField(max_length=250, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    started_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    # Progress was made, and the next chunk was asked for: the sweeper asks again when nothing came of it.
    moved_at = models.DateTimeField(default=timezone.now)
    enqueued_at = models.DateTimeField(null=True, blank=True)
    # Counts the sweeper's interventions: only a task of the latest turn asks for the next chunk.
    turn = models.PositiveIntegerField(default=0)
    cancel_requested_at = models.DateTimeField(null=True, blank=True)
    # Selected, but not found or not in the person's queues: there is no item for them.
    missing = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    # Those of the total that the preview said will be done.
    eligible = models.PositiveIntegerField(default=0)
    succeeded = models.PositiveIntegerField(default=0)
    skipped = models.PositiveIntegerField(default=0)
    failed = models.PositiveIntegerField(default=0)
    # Representatives for Notify, customers for Message Customer, else the conversations it was started for.
    recipients = models.PositiveIntegerField(default=0)
    row_stamp = models.PositiveIntegerField(default=1)
    retry_of = OrganizationForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="retries", db_index=False
    )
    decided_by = OrganizationForeignKey(
        "tenancy.Membership", null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    decision_reason = models.CharField(max_length=250, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organization", "key"], name="run_key_once"),
            same_organization_key("bulk_action_of_organization"),
        ]
        indexes: ClassVar = [
            # Action History, newest first.
            models.Index(
                fields=["organization", "-started_at", "-id"],
                condition=~models.Q(status=RunStatus.PREVIEWED),
                name="history_newest",
            ),
            # What the sweeper looks at.
            models.Index(
                fields=["organization", "moved_at"],
                condition=models.Q(status__in=sorted(UNFINISHED)),
                name="run_unfinished",
            ),
            # Runs that a second supervisor hasn't decided on, to expire.
            models.Index(
                fields=["organization", "started_at"],
                condition=models.Q(status=RunStatus.AWAITING_APPROVAL),
                name="run_awaiting_approval",
            ),
            # Previews nobody confirmed, to be forgotten.
            models.Index(
                fields=["organization", "created_at"],
                condition=models.Q(status=RunStatus.PREVIEWED),
                name="run_previewed",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class BulkActionItem(OrganizationModel):
    """One target of a run, usually a conversation, with the version it was selected at and what became of it."""

    bulk_action = OrganizationForeignKey(BulkAction, on_delete=models.CASCADE, related_name="items", db_index=False)
    # What kind it is, the action says. Kept when an administrator deletes the closed conversation.
    target_id = models.BigIntegerField()
    version = models.PositiveIntegerField()
    # What the preview said: empty when eligible.
    preview_code = models.CharField(max_length=60, blank=True)
    outcome = models.CharField(max_length=10, choices=Outcome.choices, default=Outcome.PENDING)
    code = models.CharField(max_length=60, blank=True)
    sentence = models.CharField(max_length=250, blank=True)
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organization", "bulk_action", "target_id"], name="item_once_per_run"),
        ]
        indexes: ClassVar = [
            # The next chunk of a run.
            models.Index(
                fields=["organization", "bulk_action", "target_id"],
                condition=models.Q(outcome="pending"),
                name="item_pending",
            ),
        ]

    def __str__(self) -> str:
        return f"Item {self.pk}"
