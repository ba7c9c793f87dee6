"""What runs are about: conversations, representatives or queues; the engine is the same for all of them."""

from bulk_actions.subjects.conversations import CONVERSATIONS
from bulk_actions.subjects.queues import QUEUES
from bulk_actions.subjects.representatives import REPRESENTATIVES
from bulk_actions.subjects.subject import Line, Names, Subject

__all__ = ["CONVERSATIONS", "QUEUES", "REPRESENTATIVES", "Line", "Names", "Subject"]
