"""The desk over HTTP: the page, the choice of presence, and every action of a representative by one address."""

from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.views.decorators.http import require_POST, require_safe

from contact_center.errors import Invalid, NotFound, Refused
from contact_center.tenancy.access import OrganizationRequest, organization_view
from contact_center.tenancy.roles import Right
from contact_center.web.render import render_page_or_fragment
from conversations.desk.answers import answer, context
from conversations.desk.marks import mark_seen
from conversations.desk.parts import render_desk
from conversations.desk.performing import perform_one, require_within_reach
from conversations.desk.place import chosen_of, number_in
from conversations.models import Disposition
from conversations.rules import Action, sentence_of
from routing.desk_line import at_desk
from routing.models import CustomPresence, Representative
from routing.presence import set_presence

ACTIONS = frozenset(
    {
        Action.ACCEPT,
        Action.REJECT,
        Action.PICK,
        Action.REPLY,
        Action.INTERNAL_NOTE,
        Action.LEAVE_WAITING,
        Action.REOPEN,
        Action.RELEASE_OWN,
        Action.END,
        Action.WRAP_UP_DONE,
        Action.RESOLVE,
        Action.LEAVE_CONSULTATION,
        Action.RAISE_HAND,
        Action.LOWER_HAND,
    }
)
# After these one goes on with the conversation.
OPENS = frozenset({Action.ACCEPT, Action.PICK, Action.REOPEN})
# Their dialog closes once they are done.
FROM_DIALOGS = frozenset({Action.RAISE_HAND})


@require_safe
@organization_view(Right.USE_DESK)
def desk(request: OrganizationRequest, organization: str) -> HttpResponse:
    rendered = render_desk(request.actor, chosen_of(request.GET))
    if rendered is None:
        return render(request, "desk/no_profile.html")
    if at_desk(rendered.desk.person):
        rendered = render_desk(request.actor, chosen_of(request.GET)) or rendered
    shown = context(request.actor, rendered)
    return render_page_or_fragment(request, "desk/desk.html", "desk/_desk.html", shown, target="desk")


@require_POST
@organization_view(Right.USE_DESK)
def choose_presence(request: OrganizationRequest, organization: str) -> HttpResponse:
    person = Representative.objects.filter(pk=request.actor.representative_id or 0).first()
    if person is None:
        raise Refused(sentence_of("not_representative"), code="not_representative")
    set_presence(person, _presence(request.POST.get("presence", "")), by=request.actor)
    return answer(request, chosen_of(request.POST))


def _presence(typed: str) -> str | CustomPresence:
    kind, _, number = typed.partition(":")
    if kind != "custom":
        return typed
    found = CustomPresence.objects.filter(pk=number_in(number) or 0).first()
    if found is None:
        raise Invalid("Choose a presence from the list.", fields={"presence": "Choose a presence from the list."})
    return found


@require_POST
@organization_view(Right.USE_DESK)
def act(request: OrganizationRequest, organization: str, conversation_id: int, action: str) -> HttpResponse:
    """One conversation, judged and done by `actions.perform`; a lost race answers 409 with what it is now."""
    if action not in ACTIONS:
        raise NotFound("There is no such action.")
    require_within_reach(request, conversation_id)
    chosen = Action(action)
    if chosen is Action.WRAP_UP_DONE:
        _require_disposition(request.POST)
    parameters = {name: request.POST.get(name, "") for name in ("text", "token", "disposition")}
    perform_one(chosen, conversation_id, request, parameters)
    response = answer(request, conversation_id if chosen in OPENS else chosen_of(request.POST))
    if chosen in FROM_DIALOGS:
        response["HX-Trigger-After-Settle"] = "dialog:close"
    return response


@require_POST
@organization_view(Right.USE_DESK)
def seen(request: OrganizationRequest, organization: str, conversation_id: int) -> HttpResponse:
    """The page says up to which message somebody has looked; the marks of every tab follow through their sockets."""
    require_within_reach(request, conversation_id)
    message_id = number_in(request.POST.get("message", ""))
    if message_id is None:
        raise Invalid("Name the message that was seen last.")
    mark_seen(request.actor, conversation_id, message_id)
    return HttpResponse(status=204)


def _require_disposition(form: QueryDict) -> None:
    """An organization that has dispositions wants one chosen."""
    if not form.get("disposition") and Disposition.objects.filter(is_active=True).exists():
        raise Invalid("Choose a disposition.", fields={"disposition": "Choose a disposition."})
