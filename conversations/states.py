"""States, reasons and the named sets of them. Leaf module: no rule, no query."""

from django.db import models


class Status(models.TextChoices):
    OPEN = "open", "Open"
    ACTIVE = "active", "Active"
    WAITING = "waiting", "Waiting"
    WRAP_UP = "wrap_up", "Wrap-up"
    CLOSED = "closed", "Closed"


class StatusReason(models.TextChoices):
    """Why the status is what it is (reference.md §1.1)."""

    AWAITING_ASSIGNMENT = "awaiting_assignment", "Waiting in the queue"
    AWAITING_ACCEPTANCE = "awaiting_acceptance", "Awaiting acceptance"
    IN_CONVERSATION = "in_conversation", "In conversation"
    AWAITING_CUSTOMER = "awaiting_customer", "Waiting for the customer"
    ENDED_BY_REPRESENTATIVE = "ended_by_representative", "Ended by the representative"
    ENDED_BY_CUSTOMER = "ended_by_customer", "Ended by the customer"
    CUSTOMER_DISCONNECTED = "customer_disconnected", "Customer disconnected"
    CUSTOMER_LEFT_OPEN = "customer_left_open", "Customer left before acceptance"
    AUTO_CLOSED_WAITING = "auto_closed_waiting", "No answer from the customer"
    AUTO_CLOSED = "auto_closed", "Closed after inactivity"
    OVERFLOW = "overflow", "Closed by an overflow rule"
    ENDED_BY_AI_AGENT = "ended_by_ai_agent", "Ended by an AI agent"
    FAILURE = "failure", "Closed after a failure"
    FORCE_CLOSED = "force_closed", "Force closed by a supervisor"
    RESOLVED = "resolved", "Record resolved"
    REMOVED = "removed", "Removed from the queue"


class Phase(models.TextChoices):
    """Status and acceptance in one word: what the rule table speaks of."""

    OPEN = "open", "Open"
    AWAITING = "awaiting", "Active, awaiting acceptance"
    ACTIVE = "active", "Active"
    WAITING = "waiting", "Waiting"
    WRAP_UP = "wrap_up", "Wrap-up"
    CLOSED = "closed", "Closed"


def phase_of(status: str, status_reason: str) -> Phase:
    if status == Status.ACTIVE:
        return Phase.AWAITING if status_reason == StatusReason.AWAITING_ACCEPTANCE else Phase.ACTIVE
    return Phase(status)


ONGOING: frozenset[str] = frozenset({Status.OPEN, Status.ACTIVE, Status.WAITING, Status.WRAP_UP})
# States in which somebody talks, is about to, or finishes: exactly one session is open.
IN_SESSION: frozenset[str] = frozenset({Status.OPEN, Status.ACTIVE, Status.WRAP_UP})


class SessionClosure(models.TextChoices):
    """Session closure reasons (reference.md Appendix A, the subset that can happen here)."""

    REJECTED = "AgentReject", "Rejected"
    TIMED_OUT = "AgentTimeout", "Timed out"
    LEFT_WITHOUT_END = "AgentClosed", "Left without ending"
    TRANSFERRED = "AgentTransferred", "Transferred"
    DISCONNECTED = "AgentDisconnected", "Representative disconnected"
    RELEASED = "AgentReRouted", "Released"
    TRANSFERRED_TO_QUEUE = "AgentTransferToQueue", "Transferred to a queue"
    ASSIGNED_TO_QUEUE = "SupervisorAssignToQueue", "Assigned to a queue by a supervisor"
    TRANSFERRED_BY_SUPERVISOR = "SupervisorTransferToAgent", "Transferred by a supervisor"
    FORCE_CLOSED = "ForceClose", "Force closed"
    OVERFLOW_TRANSFER = "OverflowQueueTransfer", "Moved by overflow"
    OVERFLOW_END = "OverflowEndConversation", "Ended by overflow"
    AUTO_CLOSED = "AutoClose", "Closed after inactivity"
    CUSTOMER_DISCONNECTED = "CustomerDisconnect", "Customer disconnected"
    REPRESENTATIVE_ENDED = "AgentEndConversation", "Ended by the representative"
    CUSTOMER_ENDED = "CustomerEndConversation", "Ended by the customer"
    ESCALATED = "BotTransferToAgent", "Escalated by an AI agent"
    AI_AGENT_ENDED = "BotEndConversation", "Ended by an AI agent"
    CONVERSATION_CLOSED = "ConversationClosed", "Closed"
    MOVED_TO_WAITING = "AgentMovedConversationToWaiting", "Left to wait for the customer"
    WITHDRAWN = "SystemReject", "Offer withdrawn"


class Priority(models.IntegerChoices):
    LOW = 0, "Low"
    NORMAL = 1, "Normal"
    HIGH = 2, "High"


class OfferKind(models.TextChoices):
    ROUTING = "routing", "Routed"
    ASSIGN = "assign", "Assigned by a supervisor"
    TRANSFER = "transfer", "Transfer"


class OfferOutcome(models.TextChoices):
    PENDING = "pending", "Pending"
    ACCEPTED = "accepted", "Accepted"
    REJECTED = "rejected", "Rejected"
    TIMED_OUT = "timed_out", "Timed out"
    WITHDRAWN = "withdrawn", "Withdrawn"


# Both count as declines; after so many in all, only a supervisor moves the conversation (product.md §5).
DECLINED: frozenset[str] = frozenset({OfferOutcome.REJECTED, OfferOutcome.TIMED_OUT})
MOST_DECLINES = 100
# Beside the representative (product.md §6).
MOST_CONSULTANTS = 5


class Author(models.TextChoices):
    CUSTOMER = "customer", "Customer"
    REPRESENTATIVE = "representative", "Representative"
    SUPERVISOR = "supervisor", "Supervisor"
    AI_AGENT = "ai_agent", "AI agent"
    ORGANIZATION = "organization", "Organization"
    SYSTEM = "system", "System"
