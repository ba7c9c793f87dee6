"""Raise hand: the dialog in which a representative says what they need."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from contact_center.errors import NotFound
from contact_center.tenancy.access import OrganizationRequest, organization_view
from contact_center.tenancy.roles import Right
from conversations.desk.performing import require_within_reach
from conversations.desk.place import chosen_of
from conversations.models import Conversation
from conversations.rules import Action, needed, require, sentence_of


@require_safe
@organization_view(Right.USE_DESK)
def dialog(request: OrganizationRequest, organization: str, conversation_id: int) -> HttpResponse:
    require_within_reach(request, conversation_id)
    conversation = needed(Conversation.objects.filter(pk=conversation_id), request.actor).first()
    if conversation is None:
        raise NotFound(sentence_of("not_found"))
    require(Action.RAISE_HAND, conversation, request.actor)
    context = {
        "subject": conversation.subject,
        "version": conversation.version,
        "chosen_id": chosen_of(request.GET),
        "action_url": request.path.removesuffix("hand/") + f"{Action.RAISE_HAND.value}/",
    }
    return render(request, "desk/_hand_dialog.html", context)
