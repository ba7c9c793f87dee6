"""What the desk answers: the page's context, and after an action the desk as it is now."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import reverse

from contact_center.errors import Refused
from contact_center.tenancy.access import Actor, OrganizationRequest
from conversations.desk.parts import Rendered, render_desk
from conversations.desk.place import chosen_of
from conversations.rules import sentence_of


def answer(request: OrganizationRequest, chosen_id: int | None) -> HttpResponse:
    """The desk as it is now. Another conversation than before takes another socket: then all of the page changes."""
    actor = request.actor
    rendered = render_desk(actor, chosen_id)
    if rendered is not None and rendered.desk.chosen is None and chosen_id is not None:
        rendered = render_desk(actor, None)
    if rendered is None:
        raise Refused(sentence_of("not_representative"), code="not_representative")
    url = url_of(actor, rendered.chosen_id)
    if not request.htmx:
        return redirect(url)
    if rendered.chosen_id == chosen_of(request.POST):
        body = render_to_string("desk/_body.html", context(actor, rendered), request)
        return HttpResponse(body, headers={"HX-Retarget": "#desk-body", "HX-Reswap": "morph"})
    body = render_to_string("desk/_desk.html", context(actor, rendered), request)
    return HttpResponse(body, headers={"HX-Retarget": "#desk", "HX-Reswap": "outerHTML", "HX-Push-Url": url})


def context(actor: Actor, rendered: Rendered) -> dict[str, Any]:
    query = f"?c={rendered.chosen_id}" if rendered.chosen_id else ""
    return {
        "parts": rendered.parts,
        "chosen_id": rendered.chosen_id,
        "desk_url": reverse("desk:desk", args=[actor.organization_slug]),
        "ws_url": f"/ws/o/{actor.organization_slug}/desk/{query}",
    }


def url_of(actor: Actor, chosen_id: int | None) -> str:
    url = reverse("desk:desk", args=[actor.organization_slug])
    return f"{url}?c={chosen_id}" if chosen_id else url
