"""What the grids' templates are given, for the page and for the live view alike."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import QueryDict
from django.urls import reverse

from analytics.grids import queues, representatives, summary
from analytics.grids.table import NAME, Column, Shown
from analytics.metrics import METRICS
from analytics.narrowing import Narrowing
from bulk_actions.coverage import why_not_act_on
from bulk_actions.kinds import kind_of
from bulk_actions.limits import MAXIMUM
from contact_center.tenancy.access import Actor
from contact_center.web.query_filter import Field
from routing.floor import FloorAction

KEYS = {FloorAction.SET_PRESENCE: "p", FloorAction.CHANGE_QUEUES: "u"}


@dataclass(frozen=True)
class Grid:
    """One of the grids. `name` is its address's and its socket's; `fill` adds what only the rows of a page need."""

    name: str
    heading: str
    columns: tuple[Column, ...]
    explained: tuple[str, ...]
    row_template: str
    read: Callable[[Shown, datetime], Sequence[Any]]
    empty_title: str
    empty_text: str
    fields: tuple[Field, ...] = ()
    # What can be done to the rows that are selected.
    actions: tuple[FloorAction, ...] = ()
    fill: Callable[[Shown, list[Any]], list[Any]] = lambda shown, rows: rows
    # What stands above the table, for analytics/grids/_summary.html.
    summary: Callable[[Shown, datetime], dict[str, Any]] = lambda shown, now: {}

    def shown(self, query: QueryDict, actor: Actor) -> Shown:
        """One query, for the names of the queues."""
        return Shown.from_query(query, Narrowing.from_query(query, actor, self.fields), self.columns)

    def page(self, shown: Shown, now: datetime) -> tuple[list[Any], int]:
        """The rows of the page, and how many there are in all."""
        rows, total = shown.page_of(self.read(shown, now))
        return self.fill(shown, rows), total

    def url(self, actor: Actor) -> str:
        return reverse(f"analytics:{self.name}", args=[actor.organization_slug])


QUEUES = Grid(
    "queues",
    "Queues",
    queues.COLUMNS,
    queues.EXPLAINED,
    "analytics/grids/_queue_row.html",
    queues.read,
    "No queues yet",
    "Queues appear here as soon as an administrator has set them up.",
    (NAME,),
)
REPRESENTATIVES = Grid(
    "representatives",
    "Representatives",
    representatives.COLUMNS,
    representatives.EXPLAINED,
    "analytics/grids/_representative_row.html",
    representatives.read,
    "No representatives yet",
    "Representatives appear here as soon as an administrator has added them to a queue.",
    representatives.FIELDS,
    (FloorAction.SET_PRESENCE, FloorAction.CHANGE_QUEUES),
    representatives.fill,
    summary.of_people,
)


def page_context(grid: Grid, shown: Shown, actor: Actor, now: datetime) -> dict[str, Any]:
    rows, total = grid.page(shown, now)
    url, narrowing = grid.url(actor), shown.narrowing
    sort = shown.query_string()
    return {
        "grid": grid,
        "page": {
            "heading": grid.heading,
            "list_url": url,
            "ws_url": f"/ws/o/{actor.organization_slug}/{grid.name}/?{shown.current}",
            "query": shown.current,
            "count": f"{total:,}",
        },
        "slug": actor.organization_slug,
        "query": sort,
        "q": next(iter(narrowing.filter.values.get("q", ())), ""),
        "scope_words": narrowing.scope_words,
        "chips": narrowing.chips(url, **_sorted_by(shown)),
        "filter_fields": narrowing.filter.controls(),
        "filter_state": shown.state(),
        "filter_notices": narrowing.notices,
        "spans": narrowing.span_links(url, **_sorted_by(shown)),
        "explained": [METRICS[name] for name in grid.explained],
        "heads": shown.heads(url),
        "rows": rows,
        "summary": grid.summary(shown, now),
        "empty": empty_state(grid, shown, url),
        "pagination": shown.pagination(url, total),
        **(_selecting(grid, actor, total) if grid.actions else {}),
    }


def _selecting(grid: Grid, actor: Actor, total: int) -> dict[str, Any]:
    """The commands over selected rows, as the list of conversations has them."""
    return {
        "commands": people_commands(actor, grid.actions),
        "history_url": reverse("bulk_actions:history", args=[actor.organization_slug]),
        "selection": {"total": total, "limit": MAXIMUM, "summary_url": ""},
    }


def people_commands(actor: Actor, actions: Sequence[FloorAction]) -> list[dict[str, Any]]:
    """For conversations/_command.html."""
    return [
        {
            "name": action.value,
            "label": str(action.label),
            "icon": kind_of(action).icon,
            "key": KEYS[action],
            "url": reverse("analytics:people-action", args=[actor.organization_slug, action.value]),
            "enabled": not (reason := why_not_act_on(actor, action)),
            "reason": reason,
            "select_first": "Select one or more representatives first.",
        }
        for action in actions
    ]


def _sorted_by(shown: Shown) -> dict[str, str]:
    return {each["name"]: each["value"] for each in shown.state() if each["name"] == "sort"}


def empty_state(grid: Grid, shown: Shown, url: str) -> dict[str, str]:
    """Why there is no row, and the next step."""
    if shown.page > 1:
        return {"icon": "inbox", "title": "Nothing on this page", "text": "", "url": url, "label": "First page"}
    if shown.narrowing.filter.is_default:
        return {"icon": "users", "title": grid.empty_title, "text": grid.empty_text}
    return {
        "icon": "filter",
        "title": "Nothing matches",
        "text": "Remove a filter to see more.",
        "url": url,
        "label": f"Show all {grid.heading.lower()}",
    }
