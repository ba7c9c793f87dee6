"""The lists of conversations: which rows each is over, what it shows, offers to filter by and lets people do.

One implementation of filter, order, pages, selection and live rows serves all of them; what differs stands here.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from django.db.models import Q, QuerySet

from contact_center.errors import NotFound
from contact_center.tenancy.roles import Right
from conversations.columns import COLUMNS, Columns
from conversations.filter_fields import STATUSES, Names
from conversations.models import Conversation
from conversations.rules import Action
from conversations.sorting import DEFAULT_ORDER, Order
from conversations.states import Status
from routing.kinds import Channel

if TYPE_CHECKING:
    from conversations.filters import ConversationFilter


class Layout(Protocol):
    """What another app puts into a list's query beside the filter: parts of a view that mean nothing in here."""

    # Query names that are saved with a view, in their order.
    names: tuple[str, ...]

    def carried(self, values: Mapping[str, list[str]]) -> tuple[tuple[str, str], ...]:
        """The canonical pairs of what an address holds under these names."""
        ...

    def problems(self, shown: "ConversationFilter") -> list[str]:
        """What of it makes no sense, a sentence each."""
        ...

    def figure_label(self, shown: "ConversationFilter") -> str | None:
        """The opened figure in words; None for what isn't one."""
        ...

    def rows_behind(self, shown: "ConversationFilter", rows: QuerySet[Conversation]) -> QuerySet[Conversation]:
        """The conversations that the opened figure counts, of these."""
        ...


@dataclass(frozen=True)
class Listing:
    """One list. `name` is its socket's, and says in a stored query which list the query is about."""

    name: str
    heading: str
    url_name: str
    # Shown unless the person or the view chooses others of `offered_columns`.
    columns: Columns
    offered_columns: tuple[str, ...]
    # The fields of the filter that have a control on the page, in its order; other fields are for links only.
    filters: tuple[str, ...]
    # Where a control offers something else than usual.
    offers: Mapping[str, Names] = field(default_factory=dict)
    base: Q = field(default_factory=Q)
    # Closed ones only where something is asked for that nothing else has, never by their status.
    only_ongoing: bool = False
    # How far back it looks unless the person chooses another of filter_fields.WINDOWS; empty: it looks at all.
    window: str = ""
    # Commands of its bar; None: all there are.
    actions: frozenset[Action] | None = None
    default_order: Order = DEFAULT_ORDER
    search_hint: str = "Search subject, customer, representative, number"
    empty_title: str = "No ongoing conversations"
    empty_text: str = "New conversations appear here by themselves as soon as they arrive."
    show_all: str = "Show all ongoing conversations"
    # Who opens it, and who saves and changes views of it; what such a view is called.
    right: Right = Right.SUPERVISE
    keeping: Right = Right.SUPERVISE
    noun: str = "view"
    # Where people go from a view that is gone, unless to the list as it is without one.
    home_url_name: str = ""
    layout: Layout | None = None

    def __hash__(self) -> int:
        return hash(self.name)

    def parse_columns(self, typed: str) -> Columns | None:
        return Columns.parse(typed, self.offered_columns)


ONGOING = Listing(
    name="conversations",
    heading="All ongoing conversations",
    url_name="conversations:list",
    columns=Columns.of(
        ("subject", "customer", "channel", "queue", "representative", "status", "sentiment", "wait", "created")
    ),
    offered_columns=tuple(name for name in COLUMNS if name != "age"),
    filters=(
        "status",
        "detail",
        "queue",
        "representative",
        "channel",
        "kind",
        "mode",
        "work_stream",
        "intent",
        "sentiment",
        "priority",
        "stuck",
        "tag",
        "hand",
        "wait_over",
        "no_reply",
        "due",
        "created",
        "closed",
        "disposition",
        "force_close_reason",
    ),
)

# A record neither waits for a customer nor is wrapped up.
_RECORD_STATUSES = {value: STATUSES[value] for value in (Status.OPEN.value, Status.ACTIVE.value, Status.CLOSED.value)}
_OF_RECORDS_ALONE = {"record_type", "case_number", "regarding", "age"}
_OF_TALKS_ALONE = {"channel", "mode", "sentiment", "wait", "last_customer_message"}

RECORDS = Listing(
    name="records",
    heading="Ongoing record conversations",
    url_name="conversations:records",
    columns=Columns.of(
        (
            "subject",
            "record_type",
            "case_number",
            "regarding",
            "queue",
            "representative",
            "status",
            "priority",
            "age",
            "created",
        )
    ),
    offered_columns=tuple(name for name in COLUMNS if name not in _OF_TALKS_ALONE),
    filters=(
        "status",
        "detail",
        "record_type",
        "queue",
        "representative",
        "work_stream",
        "intent",
        "priority",
        "tag",
        "due",
        "created",
        "closed",
    ),
    offers={
        "status": lambda choices: _RECORD_STATUSES,
        "queue": lambda choices: choices.offered_record_queues,
    },
    # The channel of records alone, and what the index of ongoing ones goes by.
    base=Q(channel=Channel.RECORD),
    actions=frozenset(
        {
            Action.ASSIGN_TO_REPRESENTATIVE,
            Action.ASSIGN_TO_QUEUE,
            Action.TRANSFER_TO_REPRESENTATIVE,
            Action.TRANSFER_TO_QUEUE,
            Action.RELEASE,
            Action.REMOVE,
            Action.SET_PRIORITY,
            Action.SET_TAGS,
            Action.PIN_NOTE,
        }
    ),
    search_hint="Search subject, case number, regarding, representative",
    empty_title="No ongoing record conversations",
    empty_text="Cases, e-mails and activities appear here by themselves as soon as they are routed.",
    show_all="Show all ongoing record conversations",
)

REPORT = Listing(
    name="report",
    heading="Ongoing conversation report",
    url_name="analytics:report",
    columns=Columns.of(
        (
            "subject",
            "status",
            "representative",
            "presence",
            "queue",
            "channel",
            "wait",
            "handle_time",
            "sentiment",
        )
    ),
    offered_columns=tuple(name for name in COLUMNS if name not in _OF_RECORDS_ALONE | {"closed"}),
    filters=(
        "status",
        "detail",
        "queue",
        "representative",
        "channel",
        "mode",
        "sentiment",
        "stuck",
        "force_close_reason",
        "disposition",
        "priority",
        "intent",
        "work_stream",
    ),
    # Records have a list of their own.
    base=~Q(channel=Channel.RECORD),
    only_ongoing=True,
    window="24h",
    actions=frozenset(Action) - {Action.RELEASE, Action.REMOVE},
    empty_title="No ongoing conversations in this period",
    empty_text="Conversations that come in appear here by themselves. Older ones are under All open.",
    show_all="Show all of the last 24 hours",
)

LISTINGS: dict[str, Listing] = {listing.name: listing for listing in (ONGOING, RECORDS, REPORT)}


def register(listing: Listing) -> None:
    """A list of an app that stands on this one; saved views, selections and exports know it from then on."""
    LISTINGS[listing.name] = listing


def listing_of(query: Mapping[str, Any]) -> Listing:
    """The list that an address speaks of as `list=records`; the first one where it says nothing. Raises NotFound."""
    found = LISTINGS.get(query.get("list") or ONGOING.name)
    if found is None:
        raise NotFound("There is no such list.")
    return found
