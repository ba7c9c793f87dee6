"""The one filter language: the address's query ↔ a canonical query ↔ the rows it stands for.

The page, its live view, "select all that match" and saved views all read a query through here.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import QueryDict

from contact_center.errors import Invalid
from contact_center.tenancy.access import Actor
from contact_center.web.pagination import DEFAULT_PAGE_SIZE, page_size
from conversations import search
from conversations.choices import Choices
from conversations.filter_fields import ANY_STATUS, FIELDS, Field
from conversations.listing import LISTINGS, ONGOING, Listing
from conversations.models import Conversation
from conversations.models.conversation import ONGOING_ROW
from conversations.sorting import Order
from conversations.states import Status
from conversations.visibility import visible_to

BY_NAME: dict[str, Field] = {each.name: each for each in FIELDS}
# What a wrong value is repeated as, at most.
SHOWN = 60


@dataclass(frozen=True, slots=True)
class Senseless:
    """A value that means nothing, or nothing to this person: it matches no row, and a notice names it."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class Chip:
    """One part of the filter, and the query that is left without it ("" where there is nothing to take away)."""

    label: str
    value: str
    query_without: str


@dataclass(frozen=True)
class ConversationFilter:
    """What a list shows, in which order. Within a field OR, between fields AND."""

    choices: Choices = field(compare=False, repr=False)
    text: str = ""
    values: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    senseless: tuple[Senseless, ...] = ()
    order: Order = ONGOING.default_order
    size: int = DEFAULT_PAGE_SIZE
    listing: Listing = ONGOING

    @classmethod
    def from_query(cls, query: QueryDict, actor: Actor, listing: Listing = ONGOING) -> "ConversationFilter":
        """Read a query string. Ids are looked up among the names this person may read, one query for each field."""
        choices = Choices(actor)
        values: dict[str, tuple[str, ...]] = {}
        senseless: list[Senseless] = []
        for each in FIELDS:
            typed = sorted({value.strip() for value in query.getlist(each.name)} - {""})
            accepted = tuple(value for value in typed if each.label_of(choices, value) is not None)
            senseless += [Senseless(each.name, value) for value in typed if value not in accepted]
            if accepted:
                values[each.name] = accepted
        text = search.tidy(query.get("q") or "")
        if text and not search.is_searchable(text):
            senseless.append(Senseless("q", text))
        default = listing.default_order
        order, size = Order.parse(query.get("sort") or str(default)), page_size(query.get("size"))
        if order is None:
            senseless.append(Senseless("sort", query.get("sort") or ""))
        if size is None:
            senseless.append(Senseless("size", query.get("size") or ""))
        size = DEFAULT_PAGE_SIZE if size is None else size
        return cls(choices, text, values, tuple(senseless), order or default, size, listing)

    @classmethod
    def from_text(cls, text: str, actor: Actor) -> "ConversationFilter":
        """Read what `stored` wrote. Raises Invalid for a list that there isn't: all of another is never meant."""
        query = QueryDict(text)
        listing = LISTINGS.get(query.get("list") or ONGOING.name)
        if listing is None:
            raise Invalid("The selection can’t be read. Reload the page and select again.")
        return cls.from_query(query, actor, listing)

    # --- rows ---

    def apply(self, rows: QuerySet[Conversation]) -> QuerySet[Conversation]:
        """The list's rows this filter lets through, unordered. One query for a search, none otherwise."""
        rows = rows.filter(self.listing.base)
        if "status" not in self.values and not self._wrong("status"):
            rows = rows.filter(ONGOING_ROW)
        for each in FIELDS:
            if accepted := self.values.get(each.name):
                rows = rows.filter(each.condition(accepted))
            elif self._wrong(each.name):
                return rows.none()
        if not self.text:
            return rows
        if self._wrong("q"):
            return rows.none()
        return rows.filter(search.condition(self.text, only_ongoing=self._leaves_closed_out))

    @property
    def _leaves_closed_out(self) -> bool:
        return not {Status.CLOSED, ANY_STATUS} & set(self.values.get("status", ()))

    def rows(self) -> QuerySet[Conversation]:
        """What the person sees of what matches, unordered."""
        return self.apply(visible_to(self.choices.actor))

    def _wrong(self, name: str) -> bool:
        return any(each.name == name for each in self.senseless)

    # --- words ---

    @property
    def notices(self) -> list[str]:
        """A sentence for every value that makes no sense, naming it."""
        return [self._notice(each) for each in self.senseless]

    def _notice(self, wrong: Senseless) -> str:
        value = shortened(wrong.value)
        if wrong.name == "q":
            return f"“{value}” has no letter or digit to search for, so nothing matches it."
        if wrong.name == "sort":
            return f"The list can’t be sorted by “{value}”. Newest come first."
        if wrong.name == "size":
            return f"“{value}” isn’t a page size. {self.size} rows are shown."
        return f"“{value}” isn’t a value of the filter {BY_NAME[wrong.name].label}, so nothing matches it."

    def chips(self) -> list[Chip]:
        """The filter in words, each part removable. The search text stands in its own box."""
        chips = []
        if "status" not in self.values and not self._wrong("status"):
            chips.append(Chip("Status", "is not Closed", self.replaced("status", (ANY_STATUS,)).query_string()))
        for each in FIELDS:
            for value in self.values.get(each.name, ()):
                label = each.label_of(self.choices, value) or value
                chips.append(Chip(each.label, label, self.without(each.name, value).query_string()))
        for wrong in self.senseless:
            if wrong.name in BY_NAME:
                left = replace(self, senseless=tuple(each for each in self.senseless if each != wrong))
                chips.append(Chip(BY_NAME[wrong.name].label, shortened(wrong.value), left.query_string()))
        return chips

    @property
    def is_default(self) -> bool:
        return not self.text and not self.values and not self.senseless

    @property
    def description(self) -> str:
        """The filter in one line, for the title of a run."""
        parts = [f"{chip.label} {chip.value}" for chip in self.chips()]
        return ", ".join([f"“{self.text}”", *parts] if self.text else parts)

    def controls(self) -> Iterator[tuple[Field, list[tuple[str, str, bool]]]]:
        """The fields with a control on the page: value, label and whether it is chosen."""
        for name, offered in self.listing.controls.items():
            each, chosen = BY_NAME[name], self.values.get(name, ())
            names = dict(offered(self.choices))
            names |= {value: each.label_of(self.choices, value) or value for value in chosen if value not in names}
            yield each, [(value, label, value in chosen) for value, label in names.items()]

    # --- queries ---

    def without(self, name: str, value: str) -> "ConversationFilter":
        return self.replaced(name, tuple(each for each in self.values[name] if each != value))

    def replaced(self, name: str, values: tuple[str, ...]) -> "ConversationFilter":
        changed = {**self.values, name: values}
        return replace(self, values={name: values for name, values in changed.items() if values})

    def ordered(self, order: Order) -> "ConversationFilter":
        return replace(self, order=order)

    def of_size(self, size: int) -> "ConversationFilter":
        return replace(self, size=size)

    def pairs(self) -> list[tuple[str, str]]:
        """The canonical query: fields in their order, values sorted, nothing that is the default anyway."""
        pairs = [("q", self.text)] if self.text else []
        for each in FIELDS:
            wrong = [other.value for other in self.senseless if other.name == each.name]
            pairs += [(each.name, value) for value in sorted([*self.values.get(each.name, ()), *wrong])]
        if self.order != self.listing.default_order:
            pairs.append(("sort", str(self.order)))
        if self.size != DEFAULT_PAGE_SIZE:
            pairs.append(("size", str(self.size)))
        return pairs

    def query_string(self, **more: Any) -> str:
        """For an address: which list it is about stands in the path."""
        return urlencode([*self.pairs(), *((name, value) for name, value in more.items() if value)])

    def stored(self, **more: Any) -> str:
        """For a place without an address of the list, such as a selection: says which list it is about as well."""
        return self.query_string(list="" if self.listing is ONGOING else self.listing.name, **more)


def shortened(value: str) -> str:
    return value if len(value) <= SHOWN else f"{value[:SHOWN]}…"
