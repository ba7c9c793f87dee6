"""How much a chat page takes in a minute: of one visitor, of one address, of the page as a whole."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from django.conf import settings

from contact_center.tenancy.rate_limit import count_call


class What(StrEnum):
    READ = "read"
    WRITE = "write"
    START = "start"
    SOCKET = "socket"


@dataclass(frozen=True, slots=True)
class Limit:
    """None where the address or page is none of the matter. Many people may share an address."""

    visitor: int
    address: int
    page: int


LIMITS: Mapping[What, Limit] = {
    # A page that can't have a socket asks every three seconds.
    What.READ: Limit(visitor=120, address=3_000, page=60_000),
    What.WRITE: Limit(visitor=30, address=120, page=6_000),
    What.START: Limit(visitor=10, address=60, page=2_000),
    What.SOCKET: Limit(visitor=60, address=1_200, page=30_000),
}


def seconds_to_wait(what: What, *, key: str, visitor: str, address: str) -> int:
    """Counts this one; 0 while it is within all limits."""
    limit = LIMITS[what]
    counted = (
        (f"chat-{what}:{key}:visitor:{visitor}", limit.visitor),
        (f"chat-{what}:{key}:address:{address}", limit.address),
        (f"chat-{what}:{key}", limit.page),
    )
    verdicts = [count_call(name, per_minute) for name, per_minute in counted]
    return max((verdict.retry_after for verdict in verdicts if not verdict.allowed), default=0)


def address_of(forwarded: str, remote: str) -> str:
    """The proxy's word for it where the operator trusts the proxy."""
    last = forwarded.rpartition(",")[2].strip() if settings.TRUST_PROXY else ""
    return last or remote
