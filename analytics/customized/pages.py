"""What the pages of reports are given: all of one's reports, one report, and the page on which one is made."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.http import QueryDict
from django.urls import reverse

from analytics import spans
from analytics.customized.dimensions import DIMENSIONS
from analytics.customized.layout import MOST_DIMENSIONS, SPAN, Layout
from analytics.customized.listing import CUSTOMIZED
from analytics.customized.plots import plots
from analytics.customized.table import Table, heads, plain
from analytics.metrics import METRICS, Metric
from analytics.metrics.definition import Source
from analytics.report_context import scope_words
from contact_center.tenancy.access import Actor
from contact_center.tenancy.roles import Right
from conversations.choices import Choices
from conversations.filters import ConversationFilter
from conversations.list_context import filter_fields, list_url_of, with_query
from conversations.saved_views.reading import View, shared_with_everybody, views_of

# More rows are in the file.
SHOWN = 200
ORDINALS = ("Split by", "then by", "then by")


# --- One report ---


def read(shown: ConversationFilter, now: datetime) -> dict[str, Any]:
    """Plain data for analytics/customized/_figures.html, and for the hub to compare."""
    table = Table.read(shown, now)
    return {**plain(table, SHOWN), "plots": plots(table) if not table.problem else []}


def figures_context(shown: ConversationFilter, found: dict[str, Any]) -> dict[str, Any]:
    layout, actor = Layout.of(shown), shown.choices.actor
    narrowed = [pair for pair in shown.definition_pairs() if pair[0] in ("queue", "channel")]
    return {
        "slug": actor.organization_slug,
        "query": urlencode(narrowed),
        "table": found,
        "dimensions": [each.label for each in layout.dimensions],
        "heads": heads(layout, shown),
    }


def report_context(shown: ConversationFilter, now: datetime) -> dict[str, Any]:
    """For analytics/customized/report.html, beside its list."""
    actor, layout, view = shown.choices.actor, Layout.of(shown), shown.view
    slug = actor.organization_slug
    return {
        **figures_context(shown, read(shown, now)),
        "view_name": view.name if view else "New report",
        "deeds": deeds(view, actor) if view else None,
        "scope_words": scope_words(shown),
        "has_period": layout.has_period,
        "spans": [
            {"label": _short(label), "url": _with(shown, "period", span), "current": span == layout.span}
            for span, label in spans.SPANS_OF_REPORTS.items()
        ],
        "edit_url": _edit_url(actor, shown) if actor.may(Right.MAKE_REPORTS) else "",
        "file_url": with_query(reverse("analytics:report-file", args=[slug]), shown.of_figure("").query_string()),
        "reports_url": reverse("analytics:reports", args=[slug]),
        "shows_conversations": actor.may(Right.SUPERVISE),
    }


def _short(label: str) -> str:
    """“24 hours”: the switch says that it is about a period."""
    words = label.removeprefix("Last ")
    return words[:1].upper() + words[1:]


def _with(shown: ConversationFilter, name: str, value: str) -> str:
    """The report with this part of its layout changed."""
    kept = [pair for pair in shown.definition_pairs() if pair[0] != name]
    view = [("view", shown.view.key)] if shown.view else []
    return with_query(list_url_of(shown.choices.actor, CUSTOMIZED), urlencode([*view, *kept, (name, value)]))


def _edit_url(actor: Actor, shown: ConversationFilter) -> str:
    url = reverse("analytics:edit-report", args=[actor.organization_slug])
    return with_query(url, shown.of_figure("").query_string())


def deeds(view: View, actor: Actor) -> dict[str, Any]:
    """What this person may do with a report as it is saved."""
    slug, makes = actor.organization_slug, actor.may(Right.MAKE_REPORTS)
    at = f"?{urlencode({'list': CUSTOMIZED.name})}"

    def address(name: str, allowed: bool) -> str:
        return reverse(f"conversations:{name}", args=[slug, view.id]) if allowed and view.id else ""

    return {
        "key": view.key,
        "name": view.name,
        "rename_url": address("rename-view", makes and view.may_edit),
        "share_url": address("share-view", makes and view.is_own),
        "delete_url": address("delete-view", makes and view.is_own),
        "copy_url": reverse("conversations:copy-view", args=[slug]) + at if makes else "",
    }


# --- All reports ---


def reports_context(actor: Actor) -> dict[str, Any]:
    """Ready-made ones, one's own, those shared with one, and those of the whole organization."""
    views = views_of(actor, CUSTOMIZED.name)
    everybodys = shared_with_everybody(CUSTOMIZED.name)
    choices = Choices(actor)
    groups = (
        ("My reports", [view for view in views if view.is_own]),
        ("Shared with me", [view for view in views if view.owner and not view.is_own and view.id not in everybodys]),
        ("The organization’s reports", [view for view in views if not view.is_own and view.id in everybodys]),
        ("Ready-made", [view for view in views if view.is_built_in]),
    )
    slug = actor.organization_slug
    return {
        "groups": [
            {"name": name, "reports": [_entry(view, actor, choices, everybodys) for view in found]}
            for name, found in groups
            if found
        ],
        "none_saved": not any(view.id for view in views),
        "new_url": reverse("analytics:edit-report", args=[slug]) if actor.may(Right.MAKE_REPORTS) else "",
        "scope_words": "All queues" if actor.queue_ids is None else "Your queues only",
    }


def _entry(view: View, actor: Actor, choices: Choices, everybodys: set[int]) -> dict[str, Any]:
    shown = ConversationFilter.from_query(QueryDict(view.query), actor, CUSTOMIZED, choices=choices)
    layout = Layout.of(shown)
    by = ", ".join(each.label.lower() for each in layout.dimensions)
    return {
        "name": view.name,
        "url": with_query(list_url_of(actor, CUSTOMIZED), urlencode({"view": view.key})),
        "owner": "" if view.is_own else view.owner,
        "shared": view.is_own and view.id in everybodys,
        "metrics": ", ".join(metric.label for metric in layout.metrics),
        "by": f"by {by}" if by else "in one row",
        "period": spans.SPANS_OF_REPORTS[layout.span] if layout.has_period else "Now",
        "filters": list(
            dict.fromkeys(f"{chip.label}: {chip.value}" for chip in shown.chips() if chip.value != "is not Closed")
        ),
        "deeds": deeds(view, actor),
    }


# --- Making one ---


def edit_context(shown: ConversationFilter, problems: Sequence[str]) -> dict[str, Any]:
    """For analytics/customized/edit.html; `problems` are those of what was just chosen."""
    actor, layout = shown.choices.actor, Layout.of(shown)
    slug = actor.organization_slug
    chosen, plotted = layout.asked["metric"], layout.asked["plot"]
    return {
        "view_name": shown.view.name if shown.view else "",
        "groups": [
            {"label": source.value, "metrics": [_metric(each, chosen, plotted) for each in metrics]}
            for source, metrics in _by_source().items()
        ],
        "splits": [
            {"label": ORDINALS[place], "number": place + 1, "options": _options(layout, place)}
            for place in range(MOST_DIMENSIONS)
        ],
        "spans": [
            {"value": span, "label": label, "checked": span == layout.span}
            for span, label in spans.SPANS_OF_REPORTS.items()
        ],
        "filter_fields": filter_fields(shown),
        "kept": [
            *([("view", shown.view.key)] if shown.view else []),
            ("sort", str(shown.order)),
            *(pair for pair in shown.definition_pairs() if pair[0] in ("columns", "order")),
        ],
        "problems": problems,
        "edit_url": reverse("analytics:edit-report", args=[slug]),
        "check_url": reverse("analytics:check-report", args=[slug]),
        "back_url": with_query(list_url_of(actor, CUSTOMIZED), shown.query_string())
        if layout.asked["metric"]
        else reverse("analytics:reports", args=[slug]),
        "usual_span": SPAN,
    }


def _by_source() -> dict[Source, list[Metric]]:
    found: dict[Source, list[Metric]] = {source: [] for source in (Source.STAYS, Source.CONVERSATIONS)}
    for metric in METRICS.values():
        found.setdefault(metric.source, []).append(metric)
    return found


def _metric(metric: Metric, chosen: Sequence[str], plotted: Sequence[str]) -> dict[str, Any]:
    return {
        "name": metric.name,
        "label": metric.label,
        "sentence": metric.sentence,
        "checked": metric.name in chosen,
        "plotted": metric.name in plotted,
    }


def _options(layout: Layout, place: int) -> list[dict[str, Any]]:
    asked = layout.asked["by"]
    now = asked[place] if place < len(asked) else ""
    nothing = {"value": "", "label": "nothing" if place == 0 else "–", "chosen": not now}
    return [
        nothing,
        *({"value": name, "label": each.label, "chosen": name == now} for name, each in DIMENSIONS.items()),
    ]
