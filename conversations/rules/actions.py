"""The verbs of supervisors and representatives, under the names that people read."""

from django.db import models


class Action(models.TextChoices):
    ASSIGN_TO_REPRESENTATIVE = "assign_to_representative", "Assign"
    ASSIGN_TO_QUEUE = "assign_to_queue", "Assign"
    TRANSFER_TO_REPRESENTATIVE = "transfer_to_representative", "Transfer"
    TRANSFER_TO_QUEUE = "transfer_to_queue", "Transfer"
    MONITOR = "monitor", "Monitor"
    JOIN = "join", "Join chat"
    FORCE_CLOSE = "force_close", "Force Close"
    MESSAGE_CUSTOMER = "message_customer", "Message Customer"
    NOTIFY = "notify", "Notify CSR"
    RELEASE = "release", "Release"
    REMOVE = "remove", "Remove"
    TAKE_OVER = "take_over", "Take over"
    # Representatives' own.
    ACCEPT = "accept", "Accept"
    REJECT = "reject", "Reject"
    PICK = "pick", "Pick"
    REPLY = "reply", "Reply"
    INTERNAL_NOTE = "internal_note", "Internal note"
    LEAVE_WAITING = "leave_waiting", "Leave waiting"
    REOPEN = "reopen", "Reopen"
    RELEASE_OWN = "release_own", "Release"
    TRANSFER_OWN = "transfer_own", "Transfer"
    TRANSFER_OWN_TO_QUEUE = "transfer_own_to_queue", "Transfer"
    END = "end", "End"
    WRAP_UP_DONE = "wrap_up_done", "Wrap-up done"
    RESOLVE = "resolve", "Resolve record"
    RAISE_HAND = "raise_hand", "Raise hand"
    LEAVE_CONSULTATION = "leave_consultation", "Leave"
