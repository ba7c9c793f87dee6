"""The audit log: ids and states, no names or texts; append-only in the database itself."""

import uuid
from typing import ClassVar

from django.db import models
from django.utils import timezone

from contact_center.audit.actions import AuditAction
from contact_center.tenancy.scope import OrganizationModel


class AuditEvent(OrganizationModel):
    """One thing done, by whom, with the state before and after.

    `conversation_id` and `object_id` are plain numbers: the log outlives what it speaks of.
    """

    # An AuditAction; no `choices`, so that a new name needs no migration.
    action = models.PositiveSmallIntegerField()
    at = models.DateTimeField(default=timezone.now)
    # None for the system and for API keys.
    membership_id = models.BigIntegerField(null=True, blank=True)
    conversation_id = models.BigIntegerField(null=True, blank=True)
    object_type = models.CharField(max_length=40, blank=True)
    object_id = models.BigIntegerField(null=True, blank=True)
    # Ties together everything of one operation: a bulk run or one request.
    operation_id = models.UUIDField(default=uuid.uuid4)
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)

    class Meta:
        indexes: ClassVar = [
            # The timeline of one conversation.
            models.Index(fields=["organization", "conversation_id", "id"], name="audit_of_conversation"),
            # The audit page, newest first.
            models.Index(fields=["organization", "-at", "-id"], name="audit_newest"),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        return str(AuditAction(self.action).label)
