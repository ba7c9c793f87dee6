"""What one verb does to one conversation, as data; `write.py` turns many of them into a fixed number of statements."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from contact_center.audit.actions import AuditAction
from conversations.models import Conversation, Offer, Participant, QueueSegment, Session
from conversations.models.messages import Message
from conversations.states import Author, OfferOutcome, Phase, SessionClosure, Status, StatusReason
from routing.kinds import Presence

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
    # None where nothing of the conversation's state changes: what people say isn't audited.
    audit: AuditAction | None
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
    # Who stops being a consultant in it, by leaving or because they hold it now.
    consultant_leaves: int | None = None
    # Somebody stops monitoring, leaves as a consultant, or both.
    departure: "Departure | None" = None
    new_participants: list[Participant] = field(default_factory=list)
    capacity: dict[int, int] = field(default_factory=dict)
    # Representative → what a reject or a missed offer makes of their presence.
    forces_presence: dict[int, Presence] = field(default_factory=dict)
    answer_offer: OfferOutcome | None = None
    # Whose outcome that is.
    answered: Offer | None = None
    new_offer: Offer | None = None
    messages: list[Message] = field(default_factory=list)
    event: str = ""
    # Where the customer isn't connected, the public messages go there as well.
    email_to: str = ""
    # Ids of tags it gets, and of those it loses.
    adds_tags: frozenset[int] = frozenset()
    drops_tags: frozenset[int] = frozenset()
    notify: list["Notice"] = field(default_factory=list)
    audit_extra: Mapping[str, Any] = field(default_factory=dict)

    def before(self) -> dict[str, Any]:
        return state_of(self.conversation)

    def after(self) -> dict[str, Any]:
        return {name: self.fields.get(name, getattr(self.conversation, name)) for name in STATE_FIELDS}

    def representatives(self) -> set[int]:
        """Everybody whose work or units this moves."""
        found = {self.conversation.representative_id, self.fields.get("representative_id"), *self.capacity}
        if self.new_offer:
            found.add(self.new_offer.representative_id)
        return {pk for pk in found if pk}

    def open_queues(self) -> set[int]:
        """The queues whose Open list this changes."""
        before, after = self.before(), self.after()
        return {state["queue_id"] for state in (before, after) if state["status"] == Status.OPEN}

    def settles(self) -> set[int]:
        """Who accepted or closed something with this: the presence they chose holds no longer."""
        holder = self.conversation.representative_id
        if self.fields.get("status_reason") == StatusReason.IN_CONVERSATION:
            holder = self.fields.get("representative_id", holder)
        elif self.fields.get("status") not in (Status.CLOSED, Status.WRAP_UP):
            return set()
        return set() if holder is None else {holder}

    def finishes(self) -> dict[int, int]:
        """Units given back because the work is done; not those of what was never accepted, or goes on elsewhere."""
        row = self.conversation
        done = self.after()["status"] in (Status.WRAP_UP, Status.CLOSED)
        freed = row.units_held if self.fields.get("units_held") == 0 else 0
        if not (done and freed and row.representative_id) or row.phase is Phase.AWAITING:
            return {}
        return {row.representative_id: freed}

    def leaves_something_to_offer(self) -> bool:
        """Whether it is in a queue afterwards, or gave back units with which to take something else."""
        return self.after()["status"] == Status.OPEN or any(units < 0 for units in self.capacity.values())

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
class Departure:
    """A member ends the given modes of taking part: now, or when their page was seen last."""

    membership_id: int
    modes: frozenset[str]
    reason: str
    when_seen_last: bool = False


@dataclass(frozen=True, slots=True)
class Notice:
    """A notification to the person behind a representative, or to a member, say the supervisor who made an offer."""

    representative_id: int | None
    kind: str
    title: str
    text: str
    membership_id: int | None = None
    # About the whole run, not about one conversation: each person gets it once.
    about_run: bool = False
