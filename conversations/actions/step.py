"""What one verb does to one conversation, as data; `write.py` turns many of them into a fixed number of statements."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from contact_center.audit.actions import AuditAction
from conversations.models import Conversation, Offer, Participant, QueueSegment, Session
from conversations.models.messages import Message
from conversations.states import Author, OfferOutcome, SessionClosure

# What the audit log and Action History show as before → after: ids and states, no names or texts.
STATE_FIELDS = ("status", "status_reason", "representative_id", "queue_id", "priority")


def state_of(conversation: Conversation) -> dict[str, Any]:
    return {name: getattr(conversation, name) for name in STATE_FIELDS}


@dataclass(slots=True)
class Step:
    """The effects on one locked conversation. `fields` are column values to store; everything else hangs on it.

    `capacity` maps a representative's id to units added (positive) or freed (negative).
    """

    conversation: Conversation
    audit: AuditAction
    fields: dict[str, Any] = field(default_factory=dict)
    counts_as_version: bool = True
    # Just inserted: nothing of the row itself is left to update.
    created: bool = False
    close_session: SessionClosure | None = None
    accept_session: bool = False
    offer_session_to: int | None = None
    open_session: Session | None = None
    close_segment: SessionClosure | None = None
    offer_segment: bool = False
    accept_segment: bool = False
    open_segment: QueueSegment | None = None
    primary_leaves: str = ""
    everybody_leaves: str = ""
    primary_joins: bool = False
    primary_becomes_consultant: bool = False
    new_participants: list[Participant] = field(default_factory=list)
    capacity: dict[int, int] = field(default_factory=dict)
    answer_offer: OfferOutcome | None = None
    new_offer: Offer | None = None
    messages: list[Message] = field(default_factory=list)
    event: str = ""
    notify: list["Notice"] = field(default_factory=list)
    audit_extra: Mapping[str, Any] = field(default_factory=dict)

    def before(self) -> dict[str, Any]:
        return state_of(self.conversation)

    def after(self) -> dict[str, Any]:
        return {name: self.fields.get(name, getattr(self.conversation, name)) for name in STATE_FIELDS}

    def free_units(self) -> None:
        """Give back what the conversation holds of its representative."""
        held, holder = self.conversation.units_held, self.conversation.representative_id
        self.fields["units_held"] = 0
        if held and holder:
            self.capacity[holder] = self.capacity.get(holder, 0) - held

    def hold_units(self, representative_id: int, units: int, *, booked: bool = False) -> None:
        """Take units of a representative; `booked` when the offer has reserved them already."""
        self.fields["units_held"] = units
        if not booked:
            self.capacity[representative_id] = self.capacity.get(representative_id, 0) + units

    def say(self, text: str, now: datetime, *, internal: bool = False) -> None:
        """A line of the system in the transcript."""
        visibility = Message.Visibility.INTERNAL if internal else Message.Visibility.PUBLIC
        self.messages.append(
            Message(
                conversation_id=self.conversation.pk,
                author=Author.SYSTEM,
                visibility=visibility,
                text=text,
                created_at=now,
            )
        )


@dataclass(frozen=True, slots=True)
class Notice:
    """A notification to the person behind a representative."""

    representative_id: int
    kind: str
    title: str
    text: str
