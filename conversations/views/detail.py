"""One conversation: facts, participants, the timeline, and the commands on it."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from contact_center.errors import NotFound
from contact_center.tenancy.access import OrganizationRequest, organization_view
from contact_center.tenancy.roles import Right
from conversations.detail_context import detail_context, find_conversation


@require_safe
@organization_view(Right.SUPERVISE)
def conversation_detail(request: OrganizationRequest, organization: str, conversation_id: int) -> HttpResponse:
    conversation = find_conversation(request.actor, conversation_id)
    if conversation is None:
        raise NotFound("There is no such conversation, or it isn’t in your queues.")
    return render(request, "conversations/detail.html", detail_context(conversation, request.actor))
