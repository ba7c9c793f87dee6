"""One conversation: facts, participants, the timeline, and the commands on it."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from contact_center.errors import NotFound
from contact_center.tenancy.access import OrganizationRequest, organization_view
from contact_center.tenancy.roles import Right
from conversations.actions import perform
from conversations.detail_context import detail_context, find_conversation
from conversations.models import Conversation
from conversations.rules import Action, why_not


@require_safe
@organization_view(Right.SUPERVISE)
def conversation_detail(request: OrganizationRequest, organization: str, conversation_id: int) -> HttpResponse:
    conversation = find_conversation(request.actor, conversation_id)
    if conversation is None:
        raise NotFound("There is no such conversation, or it isn’t in your queues.")
    conversation = _read_if_closed(conversation, request)
    context = detail_context(conversation, request.actor, with_lines=True)
    return render(request, "conversations/detail.html", context)


def _read_if_closed(conversation: Conversation, request: OrganizationRequest) -> Conversation:
    """The page of a closed conversation shows its transcript, and that it was opened stands in the ledger."""
    begins = why_not(Action.WATCH, conversation, request.actor) is not None
    if request.method != "GET" or not begins or why_not(Action.READ_TRANSCRIPT, conversation, request.actor):
        return conversation
    perform(Action.READ_TRANSCRIPT, [conversation.pk], actor=request.actor)
    return find_conversation(request.actor, conversation.pk) or conversation
