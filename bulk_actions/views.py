"""Action History and its runs, and the two steps of every action: preview and Proceed."""

import json
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils.datastructures import MultiValueDict
from django.views.decorators.http import require_POST, require_safe

from bulk_actions import deciding, dialogs, exports, giving, pages, presenters, queries, starting
from bulk_actions.coverage import why_not_act_on
from bulk_actions.history_filter import history_filter
from bulk_actions.kinds import kind_of
from bulk_actions.models import BulkAction
from bulk_actions.queries import ItemFilter
from bulk_actions.selection import freeze, freeze_again, in_words
from bulk_actions.states import RunStatus
from bulk_actions.subjects import CONVERSATIONS
from contact_center.errors import DomainError, Invalid, NotFound, Refused
from contact_center.tenancy.access import OrganizationRequest, organization_view
from contact_center.tenancy.roles import Right
from contact_center.web.errors import sentence_of, status_of
from contact_center.web.place import Place
from contact_center.web.render import render_page_or_fragment
from conversations.rules import Action
from conversations.selection import Selection


@require_safe
@organization_view(Right.READ_HISTORY)
def history(request: OrganizationRequest, organization: str) -> HttpResponse:
    shown = history_filter(request.GET, request.actor)
    context = pages.history_context(request.actor, Place.of(request.GET), shown)
    return render_page_or_fragment(
        request, "bulk_actions/history.html", "bulk_actions/_history_body.html", context, target="list-body"
    )


@require_safe
@organization_view(Right.READ_HISTORY)
def history_export(request: OrganizationRequest, organization: str) -> HttpResponseBase:
    return exports.history(request, request.actor, history_filter(request.GET, request.actor))


@require_safe
@organization_view(Right.READ_HISTORY)
def run_export(request: OrganizationRequest, organization: str, bulk_action_id: int) -> HttpResponseBase:
    run = queries.get_run(bulk_action_id)
    return exports.run_items(request, request.actor, run, ItemFilter.of(request.GET))


@require_safe
@organization_view(Right.READ_HISTORY)
def run_detail(request: OrganizationRequest, organization: str, bulk_action_id: int) -> HttpResponse:
    run = queries.get_run(bulk_action_id)
    context = pages.run_context(run, request.actor, ItemFilter.of(request.GET), Place.of(request.GET))
    return render_page_or_fragment(
        request, "bulk_actions/run.html", "bulk_actions/_run_items.html", context, target="run-items"
    )


@require_POST
@organization_view(Right.SUPERVISE)
def run_cancel(request: OrganizationRequest, organization: str, bulk_action_id: int) -> HttpResponse:
    starting.cancel(queries.get_run(bulk_action_id), actor=request.actor)
    return _head(request, bulk_action_id)


@require_POST
@organization_view(Right.SUPERVISE)
def run_approve(request: OrganizationRequest, organization: str, bulk_action_id: int) -> HttpResponse:
    deciding.approve(queries.get_run(bulk_action_id), actor=request.actor)
    return _head(request, bulk_action_id)


@require_POST
@organization_view(Right.SUPERVISE)
def run_reject(request: OrganizationRequest, organization: str, bulk_action_id: int) -> HttpResponse:
    run = queries.get_run(bulk_action_id)
    deciding.reject(run, actor=request.actor, reason=request.POST.get("reason", ""))
    return _head(request, bulk_action_id)


def _head(request: OrganizationRequest, bulk_action_id: int) -> HttpResponse:
    """The head of the run as it is now."""
    if not request.htmx:
        return redirect("bulk_actions:run", request.actor.organization_slug, bulk_action_id)
    run = queries.get_run(bulk_action_id)
    return render(request, "bulk_actions/_run_progress.html", pages.head_context(run, request.actor))


@require_POST
@organization_view(Right.SUPERVISE)
def action_preview(request: OrganizationRequest, organization: str, action: str) -> HttpResponse:
    """Freeze the selection and say what would happen to it; with a run's key, the same for another action."""
    kind, actor = kind_of(action), request.actor
    if kind.subject is not CONVERSATIONS:
        raise NotFound("Conversations have no such action.")
    if key := request.POST.get("run_key"):
        before = starting.preview_of(key, actor=actor)
        return _dialog(request, freeze_again(before, actor=actor, action=kind.action))
    selection = Selection.from_request(request.POST, actor)
    if selection.is_too_large:
        return render(request, "bulk_actions/_over_limit_dialog.html", dialogs.over_limit(kind, selection, request))
    run = freeze(Action(kind.for_selection(single=selection.count == 1)), selection, actor=actor)
    return _dialog(request, run, notice=dialogs.changed_since_seen(selection, run, actor))


@require_POST
@organization_view(Right.SUPERVISE)
def action_start(request: OrganizationRequest, organization: str, action: str) -> HttpResponse:
    """Proceed. Repeated, it answers the same and starts nothing."""
    kind = kind_of(action)
    run = starting.preview_of(request.POST.get("run_key", ""), actor=request.actor)
    if run.status != RunStatus.PREVIEWED:
        return _started(request, run)
    chosen = kind_of(request.POST.get("choice", kind.action))
    starting.choose(run, chosen.action, actor=request.actor)
    form = chosen.form(request.POST, run=run, actor=request.actor)
    if not form.is_valid():
        return _dialog(request, run, form=form, status=422)
    try:
        with transaction.atomic():
            starting.start(run, actor=request.actor, parameters=form.parameters())
    except Invalid:
        raise
    except DomainError as reason:
        fresh = freeze_again(run, actor=request.actor)
        return _dialog(request, fresh, form=form, error=sentence_of(reason), status=status_of(reason))
    return _started(request, run)


@require_POST
@organization_view(Right.SUPERVISE)
def run_retry(request: OrganizationRequest, organization: str, bulk_action_id: int) -> HttpResponse:
    """The dialog over what failed, filled in as the first time."""
    before = queries.get_run(bulk_action_id)
    run = starting.retry(before, actor=request.actor)
    typed = _as_typed(before.parameters)
    return render(request, kind_of(run.action).template, dialogs.context(run, request.actor, typed=typed))


@require_safe
@organization_view(Right.SUPERVISE)
def colleagues(request: OrganizationRequest, organization: str) -> HttpResponse:
    """Who may take over what is behind the dialog, filtered as the person types."""
    run = starting.preview_of(request.GET.get("run_key", ""), actor=request.actor)
    if run.action != Action.GIVE_TO_COLLEAGUE:
        raise NotFound("This dialog offers no such choice.")
    if refusal := why_not_act_on(request.actor, run.action):
        raise Refused(refusal)
    return render(request, "conversations/_work_item_people.html", giving.lines(run, request.GET))


def _as_typed(parameters: Mapping[str, Any]) -> MultiValueDict[str, str]:
    """What a run was started with, as its form would post it again."""
    return MultiValueDict(
        {
            name: [str(each) for each in value] if isinstance(value, list) else [str(value)]
            for name, value in parameters.items()
        }
    )


def _dialog(request: OrganizationRequest, run: BulkAction, *, status: int = 200, **more: Any) -> HttpResponse:
    context = dialogs.context(run, request.actor, typed=request.POST, **more)
    return render(request, kind_of(run.action).template, context, status=status)


def _started(request: OrganizationRequest, run: BulkAction) -> HttpResponse:
    """Nothing for the dialog, which closes; a notice that leads to the run."""
    run.refresh_from_db()
    notice = {
        "level": "success" if run.single else "info",
        "text": _said(run),
        "link_url": presenters.run_url(run.pk, request.actor.organization_slug),
        "link_label": "Bulk action status",
    }
    answer = HttpResponse(render_to_string("components/_notice.html", notice))
    answer["HX-Trigger"] = json.dumps({"selection:clear": {}})
    return answer


def _said(run: BulkAction) -> str:
    """The same however often Proceed is asked for, so it goes by what was confirmed and not by how far it is."""
    kind = kind_of(run.action)
    if run.decided_at or run.status in (RunStatus.AWAITING_APPROVAL, RunStatus.EXPIRED):
        return "Sent for approval"
    return kind.done(run, in_words(run)) if run.single else kind.started
