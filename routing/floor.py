"""The verbs of supervisors about people and queues, under the names that people read."""

from django.db import models


class FloorAction(models.TextChoices):
    # Representatives, one or many.
    SET_PRESENCE = "set_presence", "Set presence"
    CHANGE_QUEUES = "change_queues", "Change queues"
    # One queue.
    CLOSE_QUEUE = "close_queue", "Close queue"
    REOPEN_QUEUE = "reopen_queue", "Reopen queue"
    DIVERT_QUEUE = "divert_queue", "Divert queue"
    END_DIVERTING = "end_diverting", "End diverting"
    SET_QUEUE_MESSAGE = "set_queue_message", "Set customer message"


OF_PEOPLE = frozenset({FloorAction.SET_PRESENCE, FloorAction.CHANGE_QUEUES})
OF_QUEUES = frozenset(FloorAction) - OF_PEOPLE
