"""What is handed to the wire: values only, so that nothing is read while a request runs."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

# Of what was never taken from the outbox.
NO_LEASE = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Parcel:
    """One outbox row on its way. `address` is filled for an e-mail only."""

    entry_id: int
    key: str
    attempts: int
    # The lease it was taken under, by its end: whoever finds another one in the row has lost it.
    lease: datetime = NO_LEASE
    url: str = ""
    secret: str = ""
    body: dict[str, Any] = field(default_factory=dict)
    address: str = ""
    # Asked again when it is sent: an endpoint may have been switched off since the row was written.
    is_switched_on: bool = True
    subject: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back; `text` is shown to people."""

    entry_id: int
    attempts: int
    delivered: bool
    text: str
    lease: datetime = NO_LEASE
    # Nobody answered, in time or at all.
    is_silence: bool = False
    # False when the server was left alone: nothing was sent, and it is no attempt.
    was_asked: bool = True
