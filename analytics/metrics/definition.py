"""What a metric is: a name, a unit, a sentence, where it is counted, and the expression that counts it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from django.db.models import Aggregate

# A figure before it is written: a count, seconds or a share between 0 and 1; None where there is nothing to say.
Value = float | None
Sums = Mapping[str, Any]


class Unit(StrEnum):
    COUNT = "count"
    DURATION = "duration"
    SHARE = "share"
    SCORE = "score"


class Better(StrEnum):
    """Which way a figure should go; a trend is coloured by it."""

    HIGHER = "higher"
    LOWER = "lower"
    NEITHER = "neither"


class Source(StrEnum):
    """What is counted, in words."""

    CONVERSATIONS = "Ongoing conversations as they are now"
    REPRESENTATIVES = "Representatives as they are now"
    STAYS = "Stays of conversations in queues, in the chosen period"
    OFFERS = "Offers made to representatives in the chosen period"


@dataclass(frozen=True, slots=True)
class Now:
    """Counted over rows as they are; `aggregate` is given the moment at which they are looked at."""

    aggregate: Callable[[datetime], Aggregate]


@dataclass(frozen=True, slots=True)
class Total:
    """A measure, summed up over the period."""

    measure: str

    @property
    def measures(self) -> frozenset[str]:
        return frozenset({self.measure})

    def value(self, sums: Sums) -> Value:
        return plain(sums[self.measure])


@dataclass(frozen=True, slots=True)
class Quotient:
    """One measure divided by the sum of others; nothing where those are nothing."""

    top: str
    bottom: tuple[str, ...]

    @property
    def measures(self) -> frozenset[str]:
        return frozenset({self.top, *self.bottom})

    def value(self, sums: Sums) -> Value:
        below = sum(sums[name] for name in self.bottom)
        above = plain(sums[self.top])
        return None if not below or above is None else above / below


@dataclass(frozen=True)
class Metric:
    """`reference` is where the specification defines it; `at_risk` and `critical` are where it starts to be that,
    unless the organization says otherwise."""

    name: str
    label: str
    unit: Unit
    sentence: str
    calculation: str
    source: Source
    reference: str
    expression: Now | Total | Quotient
    better: Better = Better.NEITHER
    at_risk: float | None = None
    critical: float | None = None

    @property
    def is_live(self) -> bool:
        """A live figure says how things are now, whatever the period."""
        return isinstance(self.expression, Now)


def plain(value: Any) -> Value:
    """Durations in seconds, everything else as a number."""
    if value is None:
        return None
    return value.total_seconds() if isinstance(value, timedelta) else float(value)
