"""The lists of conversations: which rows each is over, what it shows, offers to filter by and lets people do.

One implementation of filter, order, pages, selection and live rows serves all of them; what differs stands here.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.db.models import Q

from conversations.filter_fields import PRIORITIES, RECORD_TYPES, STATUSES, Names
from conversations.presenters import ConversationRow, RecordRow
from conversations.rules import Action
from conversations.sorting import DEFAULT_ORDER, Order
from conversations.states import Status
from routing.kinds import Channel


@dataclass(frozen=True, slots=True)
class Column:
    """`sort` is its name in the query, "" where the list can't be sorted by it."""

    label: str
    css: str
    sort: str = ""


@dataclass(frozen=True)
class Listing:
    """One list. `name` is its socket's, and says in a stored query which list the query is about."""

    name: str
    heading: str
    url_name: str
    columns: tuple[Column, ...]
    # Field of the filter -> what its control on the page offers; other fields are for links only.
    controls: Mapping[str, Names]
    row: type[ConversationRow] = ConversationRow
    row_template: str = "conversations/_row.html"
    # What its rows read beside queries.ROW_COLUMNS.
    more_columns: tuple[str, ...] = ()
    base: Q = field(default_factory=Q)
    # Commands of its bar; None: all there are.
    actions: frozenset[Action] | None = None
    default_order: Order = DEFAULT_ORDER
    search_hint: str = "Search subject, customer, representative, number"
    empty_title: str = "No ongoing conversations"
    empty_text: str = "New conversations appear here by themselves as soon as they arrive."
    show_all: str = "Show all ongoing conversations"

    def __hash__(self) -> int:
        return hash(self.name)


ONGOING = Listing(
    name="conversations",
    heading="All ongoing conversations",
    url_name="conversations:list",
    columns=(
        Column("Subject", "c-subject", "subject"),
        Column("Customer", "c-customer", "customer"),
        Column("Channel", "c-channel", "channel"),
        Column("Queue", "c-queue", "queue"),
        Column("Representative", "c-representative", "representative"),
        Column("Status", "c-status", "status"),
        Column("Sentiment", "c-sentiment"),
        Column("Wait time", "c-wait", "wait"),
        Column("Created", "c-created", "created"),
    ),
    controls={
        "status": lambda choices: STATUSES,
        "channel": lambda choices: dict(Channel.choices),
        "queue": lambda choices: choices.offered_queues,
        "representative": lambda choices: choices.offered_representatives,
    },
)

# A record neither waits for a customer nor is wrapped up.
_RECORD_STATUSES = {value: STATUSES[value] for value in (Status.OPEN.value, Status.ACTIVE.value, Status.CLOSED.value)}

RECORDS = Listing(
    name="records",
    heading="Ongoing record conversations",
    url_name="conversations:records",
    columns=(
        Column("Subject", "c-subject", "subject"),
        Column("Record type", "c-type", "record_type"),
        Column("Case number", "c-case", "case_number"),
        Column("Regarding", "c-regarding", "regarding"),
        Column("Queue", "c-queue", "queue"),
        Column("Representative", "c-representative", "representative"),
        Column("Status", "c-status", "status"),
        Column("Priority", "c-priority", "priority"),
        Column("Age in days", "c-age", "age"),
        Column("Created", "c-created", "created"),
    ),
    controls={
        "status": lambda choices: _RECORD_STATUSES,
        "queue": lambda choices: choices.offered_record_queues,
        "representative": lambda choices: choices.offered_representatives,
        "priority": lambda choices: PRIORITIES,
        "record_type": lambda choices: RECORD_TYPES,
    },
    row=RecordRow,
    row_template="conversations/_record_row.html",
    more_columns=("record__record_type", "record__case_number", "record__regarding"),
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
        }
    ),
    search_hint="Search subject, case number, regarding, representative",
    empty_title="No ongoing record conversations",
    empty_text="Cases, e-mails and activities appear here by themselves as soon as they are routed.",
    show_all="Show all ongoing record conversations",
)

LISTINGS: dict[str, Listing] = {listing.name: listing for listing in (ONGOING, RECORDS)}
