"""The desk over HTTP: the page, the choice of presence, and every action of a representative by one address."""

from typing import Any

from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from contact_center.errors import Invalid, NotFound, Refused
from contact_center.tenancy.access import Actor, OrganizationRequest, organization_view
from contact_center.tenancy.roles import Right
from contact_center.web.render import render_page_or_fragment
from conversations.actions import perform
from conversations.desk.parts import Rendered, render_desk
from conversations.desk.place import LARGEST_ID, chosen_of, number_in
from conversations.desk.reading import within_reach
from conversations.models import Disposition
from conversations.rules import Action, sentence_of
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
    }
)
# After these one goes on with the conversation.
OPENS = frozenset({Action.ACCEPT, Action.PICK, Action.REOPEN})
LARGEST_VERSION = 2**31 - 1


@require_safe
@organization_view(Right.USE_DESK)
def desk(request: OrganizationRequest, organization: str) -> HttpResponse:
    rendered = render_desk(request.actor, chosen_of(request.GET))
    if rendered is None:
        return render(request, "desk/no_profile.html")
    context = _context(request.actor, rendered)
    return render_page_or_fragment(request, "desk/desk.html", "desk/_desk.html", context, target="desk")


@require_POST
@organization_view(Right.USE_DESK)
def choose_presence(request: OrganizationRequest, organization: str) -> HttpResponse:
    person = Representative.objects.filter(pk=request.actor.representative_id or 0).first()
    if person is None:
        raise Refused(sentence_of("not_representative"), code="not_representative")
    set_presence(person, _presence(request.POST.get("presence", "")), by=request.actor)
    return _answer(request, chosen_of(request.POST))


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
    if action not in ACTIONS or conversation_id > LARGEST_ID:
        raise NotFound("There is no such action.")
    if not within_reach(request.actor, conversation_id):
        raise NotFound(sentence_of("not_found"))
    chosen = Action(action)
    if chosen is Action.WRAP_UP_DONE:
        _require_disposition(request.POST)
    _perform(chosen, conversation_id, request)
    return _answer(request, conversation_id if chosen in OPENS else chosen_of(request.POST))


def _require_disposition(form: QueryDict) -> None:
    """An organization that has dispositions wants one chosen."""
    if not form.get("disposition") and Disposition.objects.filter(is_active=True).exists():
        raise Invalid("Choose a disposition.", fields={"disposition": "Choose a disposition."})


def _perform(action: Action, conversation_id: int, request: OrganizationRequest) -> None:
    version = number_in(request.POST.get("version", ""), LARGEST_VERSION)
    if version is None:
        raise Invalid("Reload the page and try again.", fields={"version": "The version is missing."})
    parameters = {name: request.POST.get(name, "") for name in ("text", "token", "disposition")}
    try:
        perform(
            action,
            [conversation_id],
            actor=request.actor,
            parameters=parameters,
            versions={conversation_id: version},
            single=True,
        )
    except Refused as refused:
        # A double click: the first one has done it.
        if refused.code != "said_already":
            raise


def _answer(request: OrganizationRequest, chosen_id: int | None) -> HttpResponse:
    """The desk as it is now. Another conversation than before takes another socket: then all of the page changes."""
    actor = request.actor
    rendered = render_desk(actor, chosen_id)
    if rendered is not None and rendered.desk.chosen is None and chosen_id is not None:
        rendered = render_desk(actor, None)
    if rendered is None:
        raise Refused(sentence_of("not_representative"), code="not_representative")
    url = _url(actor, rendered.chosen_id)
    if not request.htmx:
        return redirect(url)
    if rendered.chosen_id == chosen_of(request.POST):
        return HttpResponse(render_to_string("desk/_body.html", _context(actor, rendered), request))
    body = render_to_string("desk/_desk.html", _context(actor, rendered), request)
    return HttpResponse(body, headers={"HX-Retarget": "#desk", "HX-Reswap": "outerHTML", "HX-Push-Url": url})


def _context(actor: Actor, rendered: Rendered) -> dict[str, Any]:
    query = f"?c={rendered.chosen_id}" if rendered.chosen_id else ""
    return {
        "parts": rendered.parts,
        "chosen_id": rendered.chosen_id,
        "desk_url": reverse("desk:desk", args=[actor.organization_slug]),
        "ws_url": f"/ws/o/{actor.organization_slug}/desk/{query}",
    }


def _url(actor: Actor, chosen_id: int | None) -> str:
    url = reverse("desk:desk", args=[actor.organization_slug])
    return f"{url}?c={chosen_id}" if chosen_id else url
