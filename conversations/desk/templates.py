"""Prepared replies: the organization's templates, filled for the conversation at hand."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from contact_center.errors import NotFound
from contact_center.tenancy.access import OrganizationRequest, organization_view
from contact_center.tenancy.roles import Right
from conversations.desk.performing import require_within_reach
from conversations.models import Conversation, MessageTemplate
from conversations.outgoing import values_for_customer
from conversations.placeholders import fill
from conversations.rules import Action, needed, require, sentence_of

MOST = 200


@require_safe
@organization_view(Right.USE_DESK)
def choose(request: OrganizationRequest, organization: str, conversation_id: int) -> HttpResponse:
    """The dialog with the texts as the customer would read them; for one's own conversation only."""
    require_within_reach(request, conversation_id)
    conversation = needed(Conversation.objects.filter(pk=conversation_id), request.actor).first()
    if conversation is None:
        raise NotFound(sentence_of("not_found"))
    require(Action.REPLY, conversation, request.actor)
    values = values_for_customer(conversation, request.organization.name) | {"representative": request.actor.name}
    rows = MessageTemplate.objects.filter(use=MessageTemplate.Use.REPLY, is_active=True).order_by("name", "pk")[:MOST]
    shown = [{"name": row.name, "text": fill(row.text, values)} for row in rows]
    return render(request, "desk/_templates_dialog.html", {"templates": shown})
