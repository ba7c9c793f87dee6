"""What the report's templates are given beside its list, for the page and for the live view alike."""

from collections.abc import Sequence
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

    def address(parts: Sequence[tuple[str, str]]) -> str:
        """What stands in the report already and is such a one; empty where that can’t be asked for."""
        if any(name == "detail" for name, _ in parts) and "detail" in shown.values:
            # Details overlap, so that another one beside it would let more through.
            return ""
        return _address(slug, window_of(shown), kept=_but(shown, parts), parts=parts)

    return {
        "slug": slug,
        "query": urlencode([pair for pair in shown.definition_pairs() if pair[0] in ("queue", "channel")]),
        "report": report.with_addresses(found, address),
        "plots": report.plots(found, address),
    }


def _but(shown: ConversationFilter, parts: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """The filter without the fields that are asked for anew."""
    names = {"window", *(name for name, _ in parts)}
    return [pair for pair in shown.definition_pairs() if pair[0] not in names]


def page_context(slug: str, shown: ConversationFilter) -> dict[str, Any]:
    """For analytics/report.html: the figures, the window and whose numbers these are."""
    window = window_of(shown)
    return {
        **report_context(slug, shown, report.read(shown.rows())),
        "scope_words": scope_words(shown),
        "windows": [
            {"label": label, "url": _address(slug, name, kept=_but(shown, ())), "current": name == window}
            for name, label in LABELS.items()
        ],
    }


def window_of(shown: ConversationFilter) -> str:
    return next(iter(shown.values.get("window", ())), REPORT.window)


def _address(
    slug: str,
    window: str,
    *,
    kept: Sequence[tuple[str, str]],
    parts: Sequence[tuple[str, str]] = (),
) -> str:
    """The report of this window."""
    assert window in WINDOWS, window  # noqa: S101  only known windows have a link
    window_pair = [] if window == REPORT.window else [("window", window)]
    return with_query(reverse(REPORT.url_name, args=[slug]), urlencode([*window_pair, *kept, *parts]))


def scope_words(shown: ConversationFilter) -> str:
    """Whose numbers these are; a chosen queue stands among the chips."""
    choices = shown.choices
    if choices.actor.queue_ids is None:
        return "All queues"
    return "Your queues: " + (", ".join(choices.queues.values()) or "none")
