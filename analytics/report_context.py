"""What the report's templates are given beside its list, for the page and for the live view alike."""

from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from analytics import report
from conversations.filter_fields import WINDOWS
from conversations.filters import ConversationFilter
from conversations.list_context import with_query
from conversations.listing import REPORT

LABELS = {"24h": "Last 24 hours", "2h": "Last 2 hours", "today": "Today", "open": "All open"}


def report_context(slug: str, shown: ConversationFilter, found: dict[str, Any]) -> dict[str, Any]:
    """For analytics/_report_figures.html."""
    return {
        "slug": slug,
        "query": urlencode([pair for pair in shown.definition_pairs() if pair[0] in ("queue", "channel")]),
        "report": found,
        "plots": report.plots(found, _address(slug, shown, window_of(shown))),
    }


def page_context(slug: str, shown: ConversationFilter) -> dict[str, Any]:
    """For analytics/report.html: the figures, the window and whose numbers these are."""
    window = window_of(shown)
    return {
        **report_context(slug, shown, report.read(shown.rows())),
        "scope_words": scope_words(shown),
        "windows": [
            {"label": label, "url": _address(slug, shown, name, keep=True), "current": name == window}
            for name, label in LABELS.items()
        ],
    }


def window_of(shown: ConversationFilter) -> str:
    return next(iter(shown.values.get("window", ())), REPORT.window)


def _address(slug: str, shown: ConversationFilter, window: str, *, keep: bool = False) -> str:
    """The report of this window; the rest of the filter is kept where asked for."""
    assert window in WINDOWS, window  # noqa: S101  only known windows have a link
    kept = [pair for pair in shown.definition_pairs() if pair[0] != "window"] if keep else []
    window_pair = [] if window == REPORT.window else [("window", window)]
    return with_query(reverse(REPORT.url_name, args=[slug]), urlencode([*window_pair, *kept]))


def scope_words(shown: ConversationFilter) -> str:
    """Whose numbers these are; a chosen queue stands among the chips."""
    choices = shown.choices
    if choices.actor.queue_ids is None:
        return "All queues"
    return "Your queues: " + (", ".join(choices.queues.values()) or "none")
