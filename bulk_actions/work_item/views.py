"""The lists of the two dialogs, filtered by the server as the person types."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from bulk_actions import starting
from bulk_actions.models import BulkAction
from bulk_actions.work_item import dialog
from contact_center.errors import NotFound, Refused
from contact_center.tenancy.access import OrganizationRequest, organization_view
from contact_center.tenancy.roles import Right
from conversations.models import Conversation
from conversations.rules import RULES, Action, require, sentence_of
from conversations.rules.ask import actor_refusal
from conversations.work_item.presenters import people_lines


@require_safe
@organization_view(Right.SUPERVISE)
def people(request: OrganizationRequest, organization: str, action: str) -> HttpResponse:
    """The representatives offered, for the one conversation behind the dialog."""
    _, conversation = _asked(request, action, dialog.TO_REPRESENTATIVE)
    if conversation is None:
        raise Refused(sentence_of("agent_in_bulk"), code="agent_in_bulk")
    return render(request, "conversations/_work_item_people.html", people_lines(conversation, request.GET))


@require_safe
@organization_view(Right.SUPERVISE)
def queues(request: OrganizationRequest, organization: str, action: str) -> HttpResponse:
    """The queues offered, for one conversation or many."""
    run, conversation = _asked(request, action, dialog.TO_QUEUE)
    panel = dialog.queues_context(run, conversation, request.actor, request.GET)
    return render(request, "conversations/_work_item_queues.html", panel)


def _asked(
    request: OrganizationRequest, action: str, judged: dict[Action, Action]
) -> tuple[BulkAction, Conversation | None]:
    """The run behind the dialog and its conversation; what `judged` makes of its action must be allowed still."""
    if action not in dialog.TO_QUEUE:
        raise NotFound("There is no such action.")
    run = starting.preview_of(request.GET.get("run_key", ""), actor=request.actor)
    if run.action not in dialog.TO_QUEUE:
        raise NotFound("This dialog offers no such choice.")
    wanted = judged.get(Action(run.action), Action(run.action))
    if not run.single:
        if code := actor_refusal(RULES[wanted], request.actor):
            raise Refused(sentence_of(code), code=code)
        return run, None
    conversation = dialog.conversation_of(run, request.actor)
    if conversation is None:
        raise NotFound(sentence_of("not_found"))
    require(wanted, conversation, request.actor)
    return run, conversation
