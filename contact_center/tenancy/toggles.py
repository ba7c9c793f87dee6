"""The four switches of an organization and their defaults (product.md §3); they bind supervisors only."""

from django.db import models


class Toggle(models.TextChoices):
    MONITOR = "supervisor_monitor", "Supervisor Monitor"
    ASSIGN = "supervisor_assign", "Supervisor Assign"
    TRANSFER = "supervisor_transfer", "Supervisor Transfer"
    FORCE_CLOSE = "force_close", "Force Close"


ON_IN_A_NEW_ORGANIZATION: frozenset[Toggle] = frozenset({Toggle.MONITOR})

# Runs for which an organization may ask for a second supervisor: every kind there is (product.md §8).
APPROVABLE: dict[str, str] = {
    "force_close": "Force Close",
    "assign_to_representative": "Assign to a representative",
    "assign_to_queue": "Assign to a queue",
    "transfer_to_representative": "Transfer to a representative",
    "transfer_to_queue": "Transfer to a queue",
    "message_customer": "Message Customer",
    "notify": "Notify CSR",
    "return_to_queue": "Return to queue",
    "give_to_colleague": "Give to a colleague",
    "set_priority": "Set priority",
    "set_tags": "Tag",
    "pin_note": "Pin note",
    "release": "Release a record",
    "remove": "Remove a record",
    "set_presence": "Set presence of representatives",
    "change_queues": "Change queues of representatives",
    "close_queue": "Close a queue",
    "reopen_queue": "Reopen a queue",
    "divert_queue": "Divert a queue",
    "end_diverting": "End diverting a queue",
    "set_queue_message": "Set a queue’s customer message",
}

# Said wherever one person watches another.
PURPOSE = "Monitoring is for service quality and coaching. It must not be used for decisions on employment."

# What representatives read and acknowledge; a new version is asked for again.
REPRESENTATIVE_NOTICE, REPRESENTATIVE_NOTICE_VERSION = "monitoring", 1
REPRESENTATIVE_NOTICE_TEXT = (
    "Supervisors may read conversations you take part in, while they go on and afterwards, write to you in them, join "
    "them as consultants and take them over. This is for service quality and coaching. It must not be used for "
    "decisions on employment, such as pay, rewards, seniority or other rights. Every monitoring is recorded with "
    "person, start and end."
)

MONITORING_NOTICE_VERSION = 1
MONITORING_NOTICE = (
    "Monitoring exists to help service quality and coaching. It must not be used for decisions on employment, such as "
    "pay, rewards, seniority or other rights. Your organization must follow the law on monitoring, recording and "
    "storing communications: customers are told, their consent is asked where it is required, and representatives are "
    "told. Every monitoring is recorded with person, start and end."
)
