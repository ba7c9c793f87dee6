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

from contact_center.web.pagination import Anchor, Keyset
from conversations.models import RecordItem
from conversations.states import Status
from routing.kinds import Channel, Kind


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
        Sort("customer", lambda as_of: Lower("customer_name"), str, newest_first=False),
        Sort("channel", lambda as_of: _in_order_of("channel", Channel.values), int),
        Sort("queue", lambda as_of: Lower("queue__name"), str),
        Sort("representative", lambda as_of: Lower("representative__name"), str, nullable=True),
        Sort("status", lambda as_of: _in_order_of("status", Status.values), int),
        Sort("priority", lambda as_of: F("priority"), int, falling_first=True),
        Sort(
            "record_type",
            lambda as_of: _in_order_of("record__record_type", RecordItem.Type.values),
            int,
        ),
        Sort("case_number", lambda as_of: _if_any("record__case_number"), str, nullable=True),
        Sort("regarding", lambda as_of: _if_any("record__regarding"), str, nullable=True),
        Sort("age", _age, timedelta, falling_first=True),
        Sort("wait", wait_until, timedelta, nullable=True, falling_first=True),
        Sort("created", lambda as_of: F("created_at"), datetime, newest_first=False, falling_first=True),
    )
}


@dataclass(frozen=True, slots=True)
class Order:
    """A sort and its direction, as `sort=-created` says it."""

    sort: Sort
    descending: bool

    @classmethod
    def parse(cls, typed: str) -> "Order | None":
        """None for a name that can't be sorted by."""
        sort = SORTS.get(typed.removeprefix("-"))
        return cls(sort, typed.startswith("-")) if sort else None

    def __str__(self) -> str:
        return f"-{self.sort.name}" if self.descending else self.sort.name

    def reversed_or_first(self, name: str) -> "Order":
        """What a click on the heading of a column leads to."""
        if name == self.sort.name:
            return Order(self.sort, not self.descending)
        return Order(SORTS[name], SORTS[name].falling_first)

    def keyset(self, as_of: datetime) -> Keyset:
        return Keyset(self.sort.value(as_of), self.descending, self.sort.nullable, self.sort.newest_first)


DEFAULT_ORDER = Order(SORTS["created"], descending=True)


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where a page begins or ends. Running waits are compared as of the moment the first page was read."""

    anchor: Anchor
    as_of: datetime

    def encode(self, order: Order) -> str:
        parts = [str(order), _plain(self.anchor.value), self.anchor.id, self.as_of.isoformat()]
        return base64.urlsafe_b64encode(json.dumps(parts).encode()).decode().rstrip("=")

    @classmethod
    def decode(cls, text: str, order: Order, *, forward: bool) -> "Cursor | None":
        """None for a cursor of another order or one that was tampered with: the first page is shown then."""
        try:
            made_for, value, id, as_of = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
            moment = _moment(as_of)
            if made_for != str(order) or type(id) is not int or not 0 < id < 2**63:
                return None
            return cls(Anchor(_typed(value, order.sort), id, forward), moment)
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
    if sort.kind is int and type(value) is int and 0 <= value < 100:
        return value
    raise ValueError("Not a value of this order.")


def _moment(text: Any) -> datetime:
    moment = parse_datetime(text) if isinstance(text, str) else None
    if moment is None or timezone.is_naive(moment):
        raise ValueError("Not a moment.")
    return moment
