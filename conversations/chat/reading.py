"""Reads what a visitor's page shows: their conversation, its public lines, and everything around them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from conversations import typing
from conversations.chat.notice import Notice, notice_for
from conversations.chat.standing import is_over, standing
from conversations.chat.transcript import newest_ids
from conversations.chat.visitors import Visitor
from conversations.chat.waiting import Line
from conversations.models import Conversation
from conversations.rules.guards import customer_may_end
from conversations.typing import typing_in
from conversations.typists import names_of_ours
from routing.models import Queue, WorkStream


@dataclass(frozen=True, slots=True)
class Around:
    """Everything on the page but the lines; equal ones look the same."""

    conversation_id: int
    state: str
    over: bool
    may_end: bool
    notice: Notice
    typists: tuple[str, ...] = ()
    typing_mark: int = 0


@dataclass(frozen=True, slots=True)
class Chat:
    conversation: Conversation
    message_ids: list[int]
    around: Around


def current_conversation(visitor: Visitor, stream: WorkStream) -> Conversation | None:
    """The newest one of the visitor on this page. One query."""
    rows = visitor.conversations(stream)
    return rows.select_related("representative", "queue__operating_hours", "customer", "work_stream").first()


def read_chat(visitor: Visitor, stream: WorkStream, line_of: Callable[[Queue], Line], *, now: datetime) -> Chat | None:
    """Three queries, and up to four more while the customer waits in a line or somebody types."""
    conversation = current_conversation(visitor, stream)
    if conversation is None:
        return None
    over = is_over(conversation)
    typists = typing.NOBODY if over else typing_in(stream.organization_id, conversation.pk)
    around = Around(
        conversation_id=conversation.pk,
        state=standing(conversation, line_of, now=now),
        over=over,
        may_end=customer_may_end(conversation),
        # As it is now: the stream at hand may be as old as the socket.
        notice=notice_for(conversation.work_stream, conversation),
        typists=names_of_ours(conversation.pk, typists),
        typing_mark=typists.our_mark,
    )
    return Chat(conversation, newest_ids(conversation.pk), around)
