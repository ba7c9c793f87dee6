"""The transcript as those who watch a conversation read it: who, when and to whom, with numbers hidden.

The handling representative reads the plain text on the desk, the customer what is public on the chat page.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import QuerySet

from conversations.masking import mask
from conversations.models import Message
from conversations.states import Author

# What a page begins with, and what each step back adds.
STEP = 100

ROLES: dict[str, str] = {
    Author.CUSTOMER: "Customer",
    Author.REPRESENTATIVE: "Representative",
    Author.SUPERVISOR: "Consultant",
    Author.AI_AGENT: "AI agent",
    Author.ORGANIZATION: "Message Customer",
    Author.SYSTEM: "",
}


@dataclass(frozen=True, slots=True)
class Line:
    """One message as `_transcript_line.html` prints it. `side` is customer, service or system."""

    id: int
    side: str
    internal: bool
    name: str
    role: str
    text: str
    at: str


@dataclass(frozen=True, slots=True)
class Stretch:
    """Lines that follow each other, the oldest first, and whether there are older ones."""

    lines: Sequence[Line]
    has_older: bool

    @property
    def first_id(self) -> int:
        return self.lines[0].id if self.lines else 0


def stretch(conversation_id: int, *, before: int | None = None) -> Stretch:
    """The newest lines, or those right before one. One query."""
    found = _messages(conversation_id)
    if before is not None:
        found = found.filter(pk__lt=before)
    rows = list(_with_names(found).order_by("-pk")[: STEP + 1])
    return Stretch([_line(row) for row in reversed(rows[:STEP])], has_older=len(rows) > STEP)


def ids_from(conversation_id: int, first_id: int) -> list[int]:
    """Everything said from this message on. One query."""
    return list(_messages(conversation_id).filter(pk__gte=first_id).order_by("pk").values_list("pk", flat=True))


def lines(conversation_id: int, ids: Iterable[int]) -> list[Line]:
    """One query."""
    return [_line(row) for row in _with_names(_messages(conversation_id).filter(pk__in=list(ids))).order_by("pk")]


def _messages(conversation_id: int) -> QuerySet[Message]:
    return Message.objects.filter(conversation_id=conversation_id)


def _with_names(found: QuerySet[Message]) -> QuerySet[Message]:
    return found.select_related("representative", "membership__user", "conversation")


def _line(row: Message) -> Line:
    return Line(
        id=row.pk,
        side=_side(row),
        internal=row.visibility == Message.Visibility.INTERNAL,
        name=_name(row),
        role=ROLES[row.author],
        text=mask(row.text),
        at=row.created_at.isoformat(),
    )


def _side(row: Message) -> str:
    if row.author == Author.SYSTEM:
        return "system"
    return "customer" if row.author == Author.CUSTOMER else "service"


def _name(row: Message) -> str:
    """Empty where the role says all."""
    if row.author == Author.CUSTOMER:
        return row.conversation.customer_name
    if row.author == Author.SYSTEM:
        return ""
    return str(row.representative or row.membership or "")
