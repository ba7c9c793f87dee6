"""Orders of the list, and the text of the cursor that leads from one page to the next in each of them."""

import base64
import binascii
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Case, DurationField, Expression, ExpressionWrapper, F, IntegerField, Value, When
from django.db.models.functions import Coalesce, Lower, NullIf
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from contact_center.web.pagination import Anchor, Keyset, SortKey
from conversations.models import RecordItem
from conversations.states import Status
from routing.kinds import Channel, Kind, Mode

# More than three levels of order nobody can follow.
MOST_KEYS = 3


@dataclass(frozen=True, slots=True)
class Sort:
    """What can be sorted by. `value` gets the moment up to which running clocks count."""

    name: str
    value: Callable[[datetime], Expression | F]
    kind: type
    nullable: bool = False
    newest_first: bool = True
    falling_first: bool = False


def _in_order_of(field: str, values: list[str]) -> Case:
    whens = [When(**{field: value, "then": Value(position)}) for position, value in enumerate(values)]
    return Case(*whens, default=Value(len(values)), output_field=IntegerField())


def wait_until(as_of: datetime) -> Case:
    """Since the last entry into a queue, frozen at acceptance or closing; records have none."""
    ended = Coalesce(F("accepted_at"), F("closed_at"), Value(as_of))
    wait = ExpressionWrapper(ended - F("queued_at"), output_field=DurationField())
    return Case(When(kind=Kind.RECORD, then=None), default=wait, output_field=DurationField())


def _age(as_of: datetime) -> ExpressionWrapper:
    return ExpressionWrapper(Value(as_of) - F("created_at"), output_field=DurationField())


def _if_any(field: str) -> NullIf:
    """What a record doesn't carry, and what is no record, comes last."""
    return NullIf(Lower(field), Value(""))


# Names as people read them, so that "apple" stands before "Zebra".
SORTS: dict[str, Sort] = {
    sort.name: sort
    for sort in (
        Sort("subject", lambda as_of: Lower("subject"), str, newest_first=False),
        Sort("number", lambda as_of: F("pk"), int, falling_first=True),
        Sort("customer", lambda as_of: Lower("customer_name"), str, newest_first=False),
        Sort("channel", lambda as_of: _in_order_of("channel", Channel.values), int),
        Sort("queue", lambda as_of: Lower("queue__name"), str),
        Sort("representative", lambda as_of: Lower("representative__name"), str, nullable=True),
        Sort("status", lambda as_of: _in_order_of("status", Status.values), int),
        Sort("priority", lambda as_of: F("priority"), int, falling_first=True),
        Sort("mode", lambda as_of: _in_order_of("mode", Mode.values), int),
        Sort("work_stream", lambda as_of: Lower("work_stream__name"), str),
        Sort("intent", lambda as_of: Lower("intent__name"), str, nullable=True),
        Sort("sentiment", lambda as_of: F("sentiment_score"), int, nullable=True),
        Sort("last_customer_message", lambda as_of: F("last_customer_message_at"), datetime, True, falling_first=True),
        Sort("closed", lambda as_of: F("closed_at"), datetime, True, falling_first=True),
        Sort(
            "record_type",
            lambda as_of: _in_order_of("record__record_type", RecordItem.Type.values),
            int,
        ),
        Sort("case_number", lambda as_of: _if_any("record__case_number"), str, nullable=True),
        Sort("regarding", lambda as_of: _if_any("record__regarding"), str, nullable=True),
        Sort("age", _age, timedelta, falling_first=True),
        Sort("due", lambda as_of: F("target_due_at"), datetime, nullable=True, newest_first=False),
        Sort("wait", wait_until, timedelta, nullable=True, falling_first=True),
        Sort("created", lambda as_of: F("created_at"), datetime, newest_first=False, falling_first=True),
    )
}


@dataclass(frozen=True, slots=True)
class Key:
    """One sort in one direction."""

    sort: Sort
    descending: bool

    def __str__(self) -> str:
        return f"-{self.sort.name}" if self.descending else self.sort.name


@dataclass(frozen=True, slots=True)
class Order:
    """What a list is sorted by first, second and third, as `sort=status,-created` says it."""

    keys: tuple[Key, ...]

    @classmethod
    def parse(cls, typed: str) -> "Order | None":
        """None for a name that can't be sorted by, the same one twice, or too many."""
        names = [part.strip() for part in typed.split(",")]
        keys = [
            Key(SORTS[name.removeprefix("-")], name.startswith("-"))
            for name in names
            if name.removeprefix("-") in SORTS
        ]
        once = {key.sort.name for key in keys}
        return cls(tuple(keys)) if len(once) == len(keys) == len(names) <= MOST_KEYS else None

    def __str__(self) -> str:
        return ",".join(str(key) for key in self.keys)

    def place_of(self, name: str) -> int | None:
        """0 for what comes first; None where the list isn't sorted by it."""
        return next((place for place, key in enumerate(self.keys) if key.sort.name == name), None)

    def reversed_or_first(self, name: str) -> "Order":
        """What a click on the heading of a column leads to."""
        if self.keys[0].sort.name == name:
            return Order((Key(SORTS[name], not self.keys[0].descending),))
        return Order((Key(SORTS[name], SORTS[name].falling_first),))

    def reversed_or_added(self, name: str) -> "Order":
        """What a click with Shift held leads to: the column joins the order, or turns round in its place."""
        place = self.place_of(name)
        if place is None:
            return Order((*self.keys[: MOST_KEYS - 1], Key(SORTS[name], SORTS[name].falling_first)))
        turned = Key(SORTS[name], not self.keys[place].descending)
        return Order((*self.keys[:place], turned, *self.keys[place + 1 :]))

    def keyset(self, as_of: datetime, *, by_queued_at: bool = False) -> Keyset:
        """`by_queued_at` says that the first key is the wait of conversations that all still wait: theirs is the order
        in which they entered the queue turned round, and there is an index of that.
        """
        first, *more = self.keys
        return Keyset(
            F("queued_at") if by_queued_at else first.sort.value(as_of),
            first.descending != by_queued_at,
            first.sort.nullable,
            first.sort.newest_first,
            tuple(SortKey(key.sort.value(as_of), key.descending, key.sort.nullable) for key in more),
        )


DEFAULT_ORDER = Order((Key(SORTS["created"], descending=True),))


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where a page begins or ends. Running waits are compared as of the moment the first page was read."""

    anchor: Anchor
    as_of: datetime

    def encode(self, order: Order) -> str:
        values = [_plain(value) for value in (self.anchor.value, *self.anchor.more)]
        parts = [str(order), values, self.anchor.id, self.as_of.isoformat()]
        return base64.urlsafe_b64encode(json.dumps(parts).encode()).decode().rstrip("=")

    @classmethod
    def decode(cls, text: str, order: Order, *, forward: bool) -> "Cursor | None":
        """None for a cursor of another order or one that was tampered with: the first page is shown then."""
        try:
            made_for, values, id, as_of = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
            moment = _moment(as_of)
            if made_for != str(order) or type(id) is not int or not 0 < id < 2**63:
                return None
            first, *more = [_typed(value, key.sort) for key, value in zip(order.keys, values, strict=True)]
            return cls(Anchor(first, id, forward, tuple(more)), moment)
        except (ValueError, TypeError, OverflowError, RecursionError, binascii.Error):
            return None


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, timedelta):
        return value // timedelta(microseconds=1)
    return value


def _typed(value: Any, sort: Sort) -> Any:
    if value is None and sort.nullable:
        return None
    if sort.kind is datetime:
        return _moment(value)
    if sort.kind is timedelta and type(value) is int:
        return timedelta(microseconds=value)
    if sort.kind is str and isinstance(value, str) and "\0" not in value:
        return value
    if sort.kind is int and type(value) is int and 0 <= value < 2**63:
        return value
    raise ValueError("Not a value of this order.")


def _moment(text: Any) -> datetime:
    moment = parse_datetime(text) if isinstance(text, str) else None
    if moment is None or timezone.is_naive(moment):
        raise ValueError("Not a moment.")
    return moment
