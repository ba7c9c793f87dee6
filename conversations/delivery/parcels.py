"""What is handed to the wire: values only, so that nothing is read while a request runs."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Parcel:
    """One outbox row on its way. `url` is empty for an e-mail, `address` for anything else."""

    entry_id: int
    key: str
    attempts: int
    url: str = ""
    secret: str = ""
    body: dict[str, Any] = field(default_factory=dict)
    address: str = ""
    subject: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back; `text` is shown to people."""

    entry_id: int
    attempts: int
    delivered: bool
    text: str
