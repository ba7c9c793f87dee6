"""The views everybody has. Each is a query of the filter language and nothing more."""

from collections.abc import Mapping
from dataclasses import dataclass

from conversations import stuck


@dataclass(frozen=True, slots=True)
class BuiltInView:
    """`query` is canonical: what ConversationFilter.definition writes. `group` is the heading it stands under."""

    key: str
    name: str
    query: str
    group: str = ""


# The view of a list as it is without any filter.
ALL = "all"

_UNASSIGNED = BuiltInView("unassigned", "Unassigned", "representative=none")
_OLD = BuiltInView("older-than-24h", "Older than 24 h", "created=over-24h")
_CLOSED = "status=closed&closed=24h&sort=-closed&columns="

STUCK_WORK = "Stuck work"


def _stuck(key: str, kind: str, order: str = "") -> BuiltInView:
    return BuiltInView(key, stuck.LABELS[kind], f"stuck={kind}{order}", STUCK_WORK)


# By the list's name.
BUILT_IN: Mapping[str, tuple[BuiltInView, ...]] = {
    "conversations": (
        BuiltInView(ALL, "All ongoing", ""),
        BuiltInView("messaging", "Messaging", "kind=messaging"),
        BuiltInView("voice", "Voice", "kind=voice"),
        BuiltInView("records", "Records", "kind=record"),
        _UNASSIGNED,
        BuiltInView("waiting", "Waiting", "status=waiting"),
        BuiltInView("wrap-up", "Wrap-up", "status=wrap_up"),
        BuiltInView(
            "negative", "Negative sentiment", "sentiment=negative&sentiment=slightly_negative&sentiment=very_negative"
        ),
        BuiltInView("due", "Due soon or breached", "due=at_risk&due=breached&sort=due"),
        BuiltInView("hand-raised", "Hand raised", "hand=raised"),
        BuiltInView("longest-wait", "Longest wait", "wait_over=1m&sort=-wait"),
        BuiltInView("no-reply", "No reply for 10 min", "no_reply=10m"),
        _OLD,
        BuiltInView(
            "closed-24h",
            "Closed in the last 24 h",
            f"{_CLOSED}subject%2Ccustomer%2Cchannel%2Cqueue%2Crepresentative%2Cstatus%2Csentiment%2Cwait%2Cclosed",
        ),
        _stuck("representative-offline", "offline"),
        _stuck("transfer-unanswered", "transfer"),
        _stuck("wrap-up-overdue", "wrap_up"),
        _stuck("waiting-past-limit", "waiting"),
    ),
    "report": (
        BuiltInView(ALL, "Last 24 hours", ""),
        BuiltInView("last-2h", "Last 2 hours", "window=2h"),
        BuiltInView("today", "Today", "window=today"),
        BuiltInView("all-open", "All open", "window=open"),
    ),
    "customized": (
        BuiltInView(
            "queues",
            "Queues at a glance",
            "metric=backlog&metric=longest_wait&metric=incoming&metric=answered&metric=abandon_rate"
            "&metric=service_level_20&by=queue&plot=incoming&plot=backlog",
        ),
        BuiltInView(
            "by-the-hour",
            "The day by the hour",
            "metric=incoming&metric=answered&metric=abandoned&metric=average_speed_to_answer"
            "&by=hour&plot=incoming&plot=average_speed_to_answer",
        ),
        BuiltInView(
            "representatives",
            "Work of representatives",
            "metric=active&metric=offers&metric=offers_accepted&metric=offers_rejected&metric=offers_timed_out"
            "&by=representative&plot=offers_accepted",
        ),
        BuiltInView(
            "channels-of-the-week",
            "Channels, day by day",
            "metric=incoming&metric=abandon_rate&metric=average_handle_time&by=day&by=channel&plot=incoming&period=7d",
        ),
        BuiltInView(
            "how-they-ended",
            "How conversations ended",
            "metric=closed&metric=average_conversation_time&by=disposition&plot=closed",
        ),
    ),
    "records": (
        BuiltInView(ALL, "All ongoing", ""),
        _UNASSIGNED,
        BuiltInView("due", "Due soon or breached", "due=at_risk&due=breached&sort=due"),
        BuiltInView("high-priority", "High priority", "priority=high"),
        _OLD,
        BuiltInView(
            "closed-24h",
            "Closed in the last 24 h",
            f"{_CLOSED}subject%2Crecord_type%2Ccase_number%2Cregarding%2Cqueue%2Crepresentative%2Cstatus%2Cclosed",
        ),
    ),
}


def built_in(listing_name: str, key: str) -> BuiltInView | None:
    return next((view for view in BUILT_IN.get(listing_name, ()) if view.key == key), None)
