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
from conversations import rules, search
from conversations.choices import Choices
from conversations.columns import Columns
from conversations.filter_fields import ANY_STATUS, FIELDS, MESSAGES, OF_CLOSED, Field
from conversations.filter_reading import WRONG_LABELS, Chip, Senseless, accepted_values, or_default, shortened
from conversations.listing import LISTINGS, ONGOING, Listing
from conversations.models import Conversation
from conversations.models.conversation import ONGOING_ROW
from conversations.periods import depends_on_calendar
from conversations.rules import Action
from conversations.saved_views.builtin import ALL
from conversations.saved_views.reading import View, find_view
from conversations.sorting import Order
from conversations.states import Status
from conversations.visibility import visible_to

BY_NAME: dict[str, Field] = {each.name: each for each in FIELDS}
# What makes a query say more than "this view".
DEFINING = frozenset({*BY_NAME, "q", "sort", "columns"})
# Under which senseless parts of a layout stand, each a sentence already.
LAYOUT = "layout"


@dataclass(frozen=True)
class ConversationFilter:
    """What a list shows, in which order and columns. Within a field OR, between fields AND.

    `view` is the view it began with; a query with anything beside the view's key is that view edited.
    """

    choices: Choices = field(compare=False, repr=False)
    text: str = ""
    values: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    senseless: tuple[Senseless, ...] = ()
    order: Order = ONGOING.default_order
    columns: Columns = ONGOING.columns
    size: int = DEFAULT_PAGE_SIZE
    listing: Listing = ONGOING
    view: View | None = None
    # What listing.layout put into the query, and which of its figures is opened.
    carried: tuple[tuple[str, str], ...] = ()
    figure: str = ""

    @classmethod
    def from_query(
        cls, query: QueryDict, actor: Actor, listing: Listing = ONGOING, *, choices: Choices | None = None
    ) -> "ConversationFilter":
        """Read a query string. Ids are looked up among the names this person may read, one query for each field; a
        saved view with one more.
        """
        choices = choices or Choices(actor)
        key = query.get("view") or ""
        view = find_view(actor, listing.name, key) if key else None
        layout = listing.layout
        defining = DEFINING.union(layout.names) if layout else DEFINING
        defined_by = QueryDict(view.query) if view and defining.isdisjoint(query) else query
        values, senseless = accepted_values(defined_by, choices)
        text = search.tidy(defined_by.get("q") or "")
        if text and not search.is_searchable(text):
            senseless.append(Senseless("q", text))
        if not text:  # where nothing is searched for, it doesn't matter where
            values.pop(MESSAGES, None)
            senseless = [wrong for wrong in senseless if wrong.name != MESSAGES]
        order = or_default(Order.parse, "sort", defined_by, listing.default_order, senseless)
        columns = or_default(
            lambda typed: Columns.parse(typed, listing.offered_columns),
            "columns",
            defined_by,
            listing.columns,
            senseless,
        )
        size = or_default(page_size, "size", query, DEFAULT_PAGE_SIZE, senseless)
        if key and view is None:
            senseless.append(Senseless("view", key))
        shown = cls(choices, text, values, tuple(senseless), order, columns, size, listing, view)
        return shown._laid_out(query, defined_by) if layout else shown

    def _laid_out(self, query: QueryDict, defined_by: QueryDict) -> "ConversationFilter":
        """With what the list's layout reads of the same query."""
        layout = self.listing.layout
        assert layout is not None  # noqa: S101 - asked by the caller
        carried = layout.carried({name: defined_by.getlist(name) for name in layout.names})
        shown = replace(self, carried=carried, figure=query.get("figure") or "")
        wrong = [Senseless(LAYOUT, sentence) for sentence in layout.problems(shown)]
        if shown.figure and layout.figure_label(shown) is None:
            wrong.append(Senseless("figure", shown.figure))
        return replace(shown, senseless=(*self.senseless, *wrong))

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
        """The list's rows this filter lets through, unordered. One query for a search, two with messages."""
        rows = rows.filter(self.listing.base)
        if self.figure and self.listing.layout:
            return rows.none() if self._wrong("figure") else self.listing.layout.rows_behind(self, rows)
        if self._is_of_ongoing or (self.listing.only_ongoing and not self._asks_how_it_ended):
            rows = rows.filter(ONGOING_ROW)
        for each in FIELDS:
            if accepted := self.values.get(each.name):
                rows = rows.filter(each.condition(self.choices, accepted))
            elif self._wrong(each.name):
                return rows.none()
        if self.listing.window and "window" not in self.values:
            rows = rows.filter(BY_NAME["window"].condition(self.choices, (self.listing.window,)))
        if self._wrong("view"):
            return rows.none()
        if not self.text:
            return rows
        if self._wrong("q"):
            return rows.none()
        readable = rules.condition(Action.SEARCH_MESSAGES, self.choices.actor) if self.searches_messages else None
        return rows.filter(search.condition(self.text, only_ongoing=self._leaves_closed_out, readable=readable))

    @property
    def searches_messages(self) -> bool:
        return MESSAGES in self.values

    @property
    def _is_of_ongoing(self) -> bool:
        """The default, where neither a status is asked for nor anything that only closed ones have."""
        return not self._asks_how_it_ended and "status" not in self.values and not self._wrong("status")

    @property
    def _asks_how_it_ended(self) -> bool:
        return bool(OF_CLOSED & set(self.values))

    @property
    def _leaves_closed_out(self) -> bool:
        asked = {Status.CLOSED, ANY_STATUS} & set(self.values.get("status", ()))
        return self._is_of_ongoing or ("status" in self.values and not asked)

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
        if wrong.of_others:
            return "The filter names a queue that isn’t among yours: nothing of it is shown."
        if wrong.name == "q":
            return f"“{value}” has no letter or digit to search for, so nothing matches it."
        if wrong.name == MESSAGES and self.choices.no_messages:
            return f"Messages can’t be searched, so nothing matches: {self.choices.no_messages}"
        if wrong.name == "sort":
            return f"The list can’t be sorted by “{value}”. Newest come first."
        if wrong.name == "columns":
            return f"The columns “{value}” can’t be shown. The usual ones are."
        if wrong.name == "view":
            return f"There is no view “{value}” here, or it isn’t shared with you any more, so nothing matches."
        if wrong.name == LAYOUT:
            return wrong.value
        if wrong.name == "figure":
            return f"There is no figure “{value}” here, so nothing matches."
        if wrong.name == "size":
            return f"“{value}” isn’t a page size. {self.size} rows are shown."
        return f"“{value}” isn’t a value of the filter {BY_NAME[wrong.name].label}, so nothing matches it."

    def left_out(self, wrong: Senseless) -> bool:
        """Whether the rest of the filter stands without it: a queue of others, beside some of one's own."""
        return wrong.of_others and wrong.name in self.values

    def chips(self) -> list[Chip]:
        """The filter in words, each part removable. The search text stands in its own box."""
        chips = []
        if self.figure and self.listing.layout and (label := self.listing.layout.figure_label(self)):
            chips.append(Chip("Behind the figure", label, replace(self, figure="").query_string()))
        elif self._is_of_ongoing:
            chips.append(Chip("Status", "is not Closed", self.replaced("status", (ANY_STATUS,)).query_string()))
        for each in FIELDS:
            for value in self.values.get(each.name, ()):
                label = each.label_of(self.choices, value) or value
                chips.append(Chip(each.label, label, self.without(each.name, value).query_string()))
        for wrong in self.senseless:
            name = BY_NAME[wrong.name].label if wrong.name in BY_NAME else WRONG_LABELS.get(wrong.name)
            if name is not None:
                left = replace(self, senseless=tuple(each for each in self.senseless if each != wrong))
                chips.append(Chip(name, wrong.shown, left.query_string()))
        return chips

    @property
    def is_default(self) -> bool:
        return not self.text and not self.values and not self.senseless and not self.figure

    @property
    def description(self) -> str:
        """The filter in one line, for the title of a run."""
        parts = [f"{chip.label} {chip.value}" for chip in self.chips()]
        return ", ".join([f"“{self.text}”", *parts] if self.text else parts)

    def controls(self) -> Iterator[tuple[Field, list[tuple[str, str, bool]]]]:
        """The fields with a control on the page: value, label and whether it is chosen."""
        for name in self.listing.filters:
            each, chosen = BY_NAME[name], self.values.get(name, ())
            names = dict(self.listing.offers.get(name, each.offered)(self.choices))
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

    def showing(self, columns: Columns) -> "ConversationFilter":
        return replace(self, columns=columns)

    def of_figure(self, figure: str) -> "ConversationFilter":
        """With this figure opened; without one for ""."""
        return replace(self, figure=figure)

    def of_size(self, size: int) -> "ConversationFilter":
        return replace(self, size=size)

    @property
    def sorts_running_waits(self) -> bool:
        """Whether all it shows still wait and the longest wait comes first or last."""
        return "wait_over" in self.values and self.order.keys[0].sort.name == "wait"

    @property
    def is_edited(self) -> bool:
        """Whether it shows something else than the view it began with."""
        return self.view is not None and self.definition != self.view.query

    @property
    def definition(self) -> str:
        """What a view of this would hold: the canonical query of filter, sort and columns."""
        return urlencode(self.definition_pairs())

    @property
    def depends_on_calendar(self) -> bool:
        """Whether it shows something else to somebody in another time zone."""
        return any(depends_on_calendar(value) for name in ("created", "closed") for value in self.values.get(name, ()))

    def definition_pairs(self) -> list[tuple[str, str]]:
        """Fields in their order, values sorted, nothing that is the default anyway."""
        pairs = [("q", self.text)] if self.text else []
        for each in FIELDS:
            wrong = [other.value for other in self.senseless if other.name == each.name]
            pairs += [(each.name, value) for value in sorted([*self.values.get(each.name, ()), *wrong])]
        if self.order != self.listing.default_order:
            pairs.append(("sort", str(self.order)))
        if self.columns != self.listing.columns:
            pairs.append(("columns", str(self.columns)))
        return [*pairs, *self.carried]

    def pairs(self) -> list[tuple[str, str]]:
        """The canonical query of the address: the view as it is, or what was made of it."""
        pairs = self.definition_pairs()
        if self.view is not None:
            # Without anything beside it, a view's key means the view as it is saved.
            key = self.view.key if pairs or not self.is_edited else ALL
            pairs = [("view", key), *(pairs if self.is_edited else [])]
        pairs += [("view", wrong.value) for wrong in self.senseless if wrong.name == "view"]
        if self.size != DEFAULT_PAGE_SIZE:
            pairs.append(("size", str(self.size)))
        if self.figure:
            pairs.append(("figure", self.figure))
        return pairs

    def query_string(self, **more: Any) -> str:
        """For an address: which list it is about stands in the path."""
        return urlencode([*self.pairs(), *((name, value) for name, value in more.items() if value)])

    def stored(self, **more: Any) -> str:
        """For a place without an address of the list, such as a selection: says which list it is about as well.

        A view stands there written out, so that nobody's later change of it changes what was meant.
        """
        given = {"list": "" if self.listing is ONGOING else self.listing.name, "figure": self.figure, **more}
        wrong = [("view", wrong.value) for wrong in self.senseless if wrong.name == "view"]
        return urlencode([*self.definition_pairs(), *wrong, *((name, value) for name, value in given.items() if value)])
