"""States of a run and outcomes of its items, with the named sets of them. Leaf module."""

from django.db import models


class RunStatus(models.TextChoices):
    # Frozen by a preview and not confirmed; never shown in Action History.
    PREVIEWED = "previewed", "Previewed"
    AWAITING_APPROVAL = "awaiting_approval", "Awaiting approval"
    QUEUED = "queued", "Queued"
    RUNNING = "running", "Running"
    COMPLETED = "completed", "Completed"
    COMPLETED_WITH_ERRORS = "completed_with_errors", "Completed with errors"
    FAILED = "failed", "Failed"
    CANCELLED = "cancelled", "Cancelled"
    REJECTED = "rejected", "Rejected"
    EXPIRED = "expired", "Expired"


UNFINISHED: frozenset[str] = frozenset({RunStatus.QUEUED, RunStatus.RUNNING})
# Neither previewed nor over.
CANCELLABLE: frozenset[str] = UNFINISHED | {RunStatus.AWAITING_APPROVAL}
TERMINAL: frozenset[str] = frozenset(
    {
        RunStatus.COMPLETED,
        RunStatus.COMPLETED_WITH_ERRORS,
        RunStatus.FAILED,
        RunStatus.CANCELLED,
        RunStatus.REJECTED,
        RunStatus.EXPIRED,
    }
)


class Outcome(models.TextChoices):
    PENDING = "pending", "Pending"
    # Done as far as a worker can: a representative has been offered it and hasn't answered yet.
    OFFERED = "offered", "Awaiting answer"
    SUCCEEDED = "succeeded", "Succeeded"
    SKIPPED = "skipped", "Skipped"
    FAILED = "failed", "Failed"
