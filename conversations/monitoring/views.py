"""What a supervisor who watches posts: begin, join, write, leave, stop, take over; and the older lines they ask for."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from contact_center.errors import Invalid, NotFound, Refused
from contact_center.tenancy.access import Actor, OrganizationRequest, organization_view
from contact_center.tenancy.roles import Right
from conversations.actions import perform
from conversations.desk.performing import SAID_ALREADY
from conversations.desk.place import number_in
from conversations.detail_context import detail_context, find_conversation
from conversations.models import Conversation
from conversations.monitoring import panel
from conversations.rules import Action, require, sentence_of
from conversations.selection import Selection
from conversations.transcript import stretch

ACTIONS = frozenset(
    {
        Action.STOP_MONITORING,
        Action.JOIN,
        Action.LEAVE,
        Action.CONSULTANT_NOTE,
        Action.CONSULTANT_MESSAGE,
        Action.TAKE_OVER,
    }
)
BEGUN = "Monitoring has begun. It is recorded: who, when and how long."


@require_POST
@organization_view(Right.SUPERVISE)
def begin(request: OrganizationRequest, organization: str) -> HttpResponse:
    """Monitor what is selected in a list, or the conversation whose page this is; its page opens in the same tab."""
    selection = Selection.from_request(request.POST, request.actor)
    if not selection.single:
        raise Invalid("Monitor one conversation at a time.", code="bulk_not_offered")
    (conversation_id,) = selection.versions
    perform(Action.MONITOR, [conversation_id], actor=request.actor, versions=selection.versions, single=True)
    messages.success(request, BEGUN)
    return _go(request, reverse("conversations:detail", args=[organization, conversation_id]))


@require_POST
@organization_view(Right.SUPERVISE)
def act(request: OrganizationRequest, organization: str, conversation_id: int, action: str) -> HttpResponse:
    """Everything on the page as it is afterwards."""
    verb = next((known for known in ACTIONS if known.value == action), None)
    if verb is None:
        raise NotFound(sentence_of("not_found"))
    given = {"text": request.POST.get("text", ""), "token": request.POST.get("token", "")}
    try:
        perform(verb, [conversation_id], actor=request.actor, parameters=given, single=True)
    except Refused as refused:
        # Sent again because the answer was lost: the first one has done it.
        if refused.code != SAID_ALREADY:
            raise
    if verb is Action.TAKE_OVER and request.actor.may(Right.USE_DESK):
        return _go(request, f"{reverse('desk:desk', args=[organization])}?c={conversation_id}")
    page_url = reverse("conversations:detail", args=[organization, conversation_id])
    if not request.htmx:
        return redirect(page_url)
    conversation = _found(request.actor, conversation_id)
    context: dict[str, Any] = detail_context(conversation, request.actor)
    response = render(request, "conversations/_conversation_parts.html", context | {"out_of_band": True})
    response["HX-Reswap"] = "none"
    return response


@require_safe
@organization_view(Right.SUPERVISE)
def transcript(request: OrganizationRequest, organization: str, conversation_id: int) -> HttpResponse:
    """The lines before one, as far as the person watches."""
    conversation = _found(request.actor, conversation_id)
    require(Action.WATCH, conversation, request.actor)
    before = number_in(request.GET.get("before"))
    context = panel.transcript(conversation, request.actor, stretch(conversation.pk, before=before))
    return render(request, "conversations/_transcript_older.html", {"transcript": context})


def _found(actor: Actor, conversation_id: int) -> Conversation:
    conversation = find_conversation(actor, conversation_id)
    if conversation is None:
        raise NotFound("There is no such conversation, or it isn’t in your queues.")
    return conversation


def _go(request: OrganizationRequest, url: str) -> HttpResponse:
    return HttpResponse(headers={"HX-Redirect": url}) if request.htmx else redirect(url)
