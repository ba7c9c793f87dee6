"""The verbs of supervisors and representatives, under the names that people read."""

from django.db import models


class Action(models.TextChoices):
    ASSIGN_TO_REPRESENTATIVE = "assign_to_representative", "Assign"
    ASSIGN_TO_QUEUE = "assign_to_queue", "Assign"
    TRANSFER_TO_REPRESENTATIVE = "transfer_to_representative", "Transfer"
    TRANSFER_TO_QUEUE = "transfer_to_queue", "Transfer"
    MONITOR = "monitor", "Monitor"
    STOP_MONITORING = "stop_monitoring", "Stop monitoring"
    READ_TRANSCRIPT = "read_transcript", "Show transcript"
    # No button: what has to hold as long as somebody monitors, and reads the transcript.
    WATCH = "watch", "Watch"
    # No button either: whether the list's search looks into its messages.
    SEARCH_MESSAGES = "search_messages", "Search in messages"
    JOIN = "join", "Join chat"
    LEAVE = "leave", "Leave"
    CONSULTANT_NOTE = "consultant_note", "Internal message"
    CONSULTANT_MESSAGE = "consultant_message", "Public message"
    FORCE_CLOSE = "force_close", "Force Close"
    MESSAGE_CUSTOMER = "message_customer", "Message Customer"
    NOTIFY = "notify", "Notify CSR"
    RELEASE = "release", "Release"
    REMOVE = "remove", "Remove"
    # All of one person's work at once: back to its queues, or to one colleague.
    RETURN_TO_QUEUE = "return_to_queue", "Return to queue"
    GIVE_TO_COLLEAGUE = "give_to_colleague", "Give to a colleague"
    TAKE_OVER = "take_over", "Take over"
    ANSWER_HAND = "answer_hand", "Done"
    SET_PRIORITY = "set_priority", "Set priority"
    SET_TAGS = "set_tags", "Tag"
    PIN_NOTE = "pin_note", "Pin note"
    # Representatives' own.
    ACCEPT = "accept", "Accept"
    REJECT = "reject", "Reject"
    PICK = "pick", "Pick"
    # No button: they have replied in another system, so they have it, whether the desk lets them pick or not.
    TAKE_UP = "take_up", "Take up"
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
    LOWER_HAND = "lower_hand", "Lower hand"
