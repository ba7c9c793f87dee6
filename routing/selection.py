"""Who of several eligible people gets the next piece of work. Pure: no database, no clock."""

from collections.abc import Iterable
from datetime import datetime
from typing import Protocol, TypeVar


class Taker(Protocol):
    @property
    def pk(self) -> int: ...
    @property
    def free_units(self) -> int: ...
    @property
    def idle_since(self) -> datetime: ...


Person = TypeVar("Person", bound=Taker)


def best(takers: Iterable[Person]) -> Person | None:
    """The one with the most free units, then idle longest, then the lowest id, so that two workers agree."""
    return min(takers, key=lambda taker: (-taker.free_units, taker.idle_since, taker.pk), default=None)
