"""Everything the templates of Action History are given, for the pages and for their live views alike."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from bulk_actions import presenters, queries
from bulk_actions.approval import why_not_decide
from bulk_actions.coverage import covers
from bulk_actions.kinds import kind_of
from bulk_actions.models import BulkAction
from bulk_actions.queries import ItemFilter
from bulk_actions.reach import Reach, delivery_of
from bulk_actions.starting import is_cancellable, why_not_retry
from bulk_actions.states import RunStatus
from contact_center.tenancy.access import Actor
from contact_center.tenancy.roles import Right
from contact_center.web.pagination import DEFAULT_PAGE_SIZE, count_rows
from contact_center.web.place import Place, neighbours, pagination
from contact_center.web.query_filter import QueryFilter


def history_context(actor: Actor, place: Place, shown: QueryFilter) -> dict[str, Any]:
    """Three queries beside those of the filter."""
    page = queries.run_page(place, shown)
    ids = [row[0] for row in page.rows]
    found = queries.run_rows(ids)
    url, query = history_url(actor), urlencode([*shown.pairs(), *place.parameters.items()])
    export = urlencode(shown.pairs())
    return {
        "page": {
            "list_url": url,
            "ws_url": f"/ws/o/{actor.organization_slug}/action-history/?{query}",
            "query": query,
            "count": str(count_rows(shown.apply(queries.runs()))),
            "export_url": f"{url}export/" + (f"?{export}" if export else ""),
        },
        "chips": shown.chips(url),
        "filter_fields": shown.controls(),
        "filter_state": [] if place.size == DEFAULT_PAGE_SIZE else [{"name": "size", "value": place.size}],
        "filter_notices": shown.notices,
        "runs": [presenters.run_row(found[id], actor.organization_slug) for id in ids if id in found],
        "empty": empty_history(actor, shown),
        "pagination": history_pagination(actor, place, shown, neighbours(page)),
    }


def empty_history(actor: Actor, shown: QueryFilter) -> dict[str, str]:
    if not shown.is_default:
        text = "No run matches these filters."
        url = history_url(actor)
        return {"icon": "filter", "title": "None of these", "text": text, "url": url, "label": "Show all"}
    text = "What supervisors do to conversations, people and queues appears here as soon as it starts."
    empty = {"icon": "history", "title": "No action yet", "text": text}
    if actor.may(Right.SUPERVISE):
        empty |= {"url": conversations_url(actor), "label": "All ongoing conversations"}
    return empty


def run_context(run: BulkAction, actor: Actor, chosen: ItemFilter, place: Place) -> dict[str, Any]:
    """Six queries, one more for somebody whose queues don't cover everything; one or two more where it sends."""
    page, reach = queries.item_page(run.pk, run.action, actor, chosen, place), Reach.of(run)
    query = urlencode(chosen.parameters | place.parameters)
    return {
        **head_context(run, actor),
        **groups_context(run, actor, chosen),
        "history_url": history_url(actor),
        "export_url": f"{presenters.run_url(run.pk, actor.organization_slug)}export/"
        + (f"?{urlencode(chosen.parameters)}" if chosen.parameters else ""),
        "ws_url": f"/ws/o/{actor.organization_slug}/run/?id={run.pk}" + (f"&{query}" if query else ""),
        "items": item_rows([row[0] for row in page.rows], actor, reach),
        "delivers": reach.delivers,
        "receipts": reach.receipts(actor),
        "pagination": run_pagination(run, actor, chosen, place, neighbours(page)),
    }


def head_context(run: BulkAction, actor: Actor) -> dict[str, Any]:
    """Two queries at most beside the run: whether the person's queues cover it, and its retries."""
    slug, covered = actor.organization_slug, covers(actor, run)
    head = presenters.run_head(
        run,
        slug,
        cancellable=is_cancellable(run, actor, covered=covered),
        retriable=not why_not_retry(run, actor, covered=covered),
    )
    before = [run.retry_of] if run.retry_of else []
    awaits = run.status == RunStatus.AWAITING_APPROVAL
    refusal = why_not_decide(run, actor, covered=covered) if awaits else ""
    return {
        "run": head,
        "parameters": presenters.parameters(run, with_texts=actor.is_supervisor and covered),
        "retry_of": presenters.related(before, slug),
        "retries": presenters.related(queries.retries_of(run), slug),
        "decision": presenters.decision(run, slug, refusal=refusal) if awaits else None,
    }


def groups_context(run: BulkAction, actor: Actor, chosen: ItemFilter) -> dict[str, Any]:
    """The chips above the table, how many items stand in other queues, and what stands in an empty table."""
    groups = queries.outcome_groups(run.pk, run.action, actor)
    url = presenters.run_url(run.pk, actor.organization_slug)
    hidden = run.total - sum(number for *_, number in groups)
    return {
        "groups": presenters.group_chips(groups, chosen.parameters, url),
        "hidden": hidden if actor.queue_ids is not None else 0,
        "empty": _empty_items(chosen, url, kind_of(run.action).subject.noun),
    }


def _empty_items(chosen: ItemFilter, url: str, noun: str) -> dict[str, str]:
    if chosen.outcome:
        text = f"No {noun} of this run has this outcome now."
        return {"icon": "filter", "title": "None of these", "text": text, "url": url, "label": "Show all"}
    text = f"The {noun}s of this run are in queues that you don’t see."
    return {"icon": "lock", "title": "Nothing in your queues", "text": text}


def item_rows(ids: Sequence[int], actor: Actor, reach: Reach) -> list[dict[str, Any]]:
    names = queries.item_rows(ids, reach.action, actor)
    items = [names.items[id] for id in ids if id in names.items]
    rows = [presenters.item_row(item, names) for item in items]
    if reach.delivers:
        sent = reach.deliveries(item.target_id for item in items)
        for row, item in zip(rows, items, strict=True):
            row["delivery"] = delivery_of(sent.get(item.target_id, ()))
    return rows


def history_pagination(actor: Actor, place: Place, shown: QueryFilter, beside: Mapping[str, str]) -> dict[str, Any]:
    return pagination(history_url(actor), place, shown.pairs(), beside)


def run_pagination(
    run: BulkAction, actor: Actor, chosen: ItemFilter, place: Place, beside: Mapping[str, str]
) -> dict[str, Any]:
    url = presenters.run_url(run.pk, actor.organization_slug)
    return pagination(url, place, tuple(chosen.parameters.items()), beside) | {"target": "#run-items"}


def history_url(actor: Actor) -> str:
    return reverse("bulk_actions:history", args=[actor.organization_slug])


def conversations_url(actor: Actor) -> str:
    return reverse("conversations:list", args=[actor.organization_slug])
