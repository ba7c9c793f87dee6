"""What intake hands to the lifecycle: conversations to open and messages to store, already validated."""

from dataclasses import dataclass, field

from conversations.models import Conversation, Customer, RecordItem
from conversations.states import Priority
from routing.models import Intent, Queue, Representative, WorkStream


@dataclass(slots=True)
class Draft:
    """A conversation to open. `ai_agent` holds it from the start when given."""

    work_stream: WorkStream
    subject: str
    external_id: str = ""
    customer: Customer | None = None
    record: RecordItem | None = None
    queue: Queue | None = None
    priority: int = Priority.NORMAL
    intent: Intent | None = None
    previous: Conversation | None = None
    ai_agent: Representative | None = None
    skills: dict[int, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Said:
    """A message that came in for a conversation."""

    conversation_id: int
    external_id: str
    text: str
    representative: Representative | None = None
