"""Remembers which servers didn't answer a moment ago, so that what else is for them keeps nothing waiting."""

import time
from urllib.parse import urlsplit

from conversations.delivery.parcels import Answer, Parcel

SECONDS = 30.0
NOT_ASKED = "The address did not answer a moment ago; it is tried again later."

# Of this process: another one asks for itself. Of each organization: none learns from, or suffers under, another's.
_until: dict[tuple[int, str], float] = {}


def answer_for(organization_id: int, parcel: Parcel) -> Answer | None:
    """The answer to a parcel whose server is silent and isn't asked; None when it is to be asked."""
    if _until.get((organization_id, _server(parcel)), 0.0) <= time.monotonic():
        return None
    return Answer(
        parcel.entry_id, parcel.attempts, delivered=False, text=NOT_ASKED, lease=parcel.lease, was_asked=False
    )


def learn(organization_id: int, parcel: Parcel, answer: Answer) -> None:
    now = time.monotonic()
    if answer.is_silence:
        for key in [key for key, until in _until.items() if until <= now]:
            _until.pop(key, None)
        _until[organization_id, _server(parcel)] = now + SECONDS


def _server(parcel: Parcel) -> str:
    """E-mails share the mail server."""
    parts = urlsplit(parcel.url)
    return "mail" if parcel.address else f"{parts.scheme}://{parts.netloc}"
