"""The selector of views and what people do with a view: dialogs in, a changed list out. Reports are views too."""

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from contact_center.errors import Invalid, NotFound, Refused
from contact_center.tenancy.access import OrganizationRequest, organization_view, roles_with
from contact_center.tenancy.models import Membership
from contact_center.tenancy.roles import REFUSAL, Right, Role
from conversations.filters import ConversationFilter
from conversations.list_context import list_url_of, with_query
from conversations.listing import LISTINGS, Listing, listing_of
from conversations.saved_views import changing
from conversations.saved_views.changing import NameTaken, Share
from conversations.saved_views.chooser import chooser_context
from conversations.saved_views.reading import View, find_view, visible_views


@require_GET
@organization_view(Right.KEEP_VIEWS)
def chooser(request: OrganizationRequest, organization: str) -> HttpResponse:
    """What opens under the selector; its counts are kept live by a socket of their own."""
    shown = ConversationFilter.from_query(request.GET, request.actor, _listing(request))
    return render(request, "conversations/saved_views/_chooser.html", chooser_context(request.actor, shown))


@require_http_methods(["GET", "POST"])
@organization_view(Right.KEEP_VIEWS)
def save(request: OrganizationRequest, organization: str) -> HttpResponse:
    """Save the filter, sort and columns of the address: as changes of its view, or as a new one."""
    actor = request.actor
    shown = ConversationFilter.from_query(request.GET, actor, _listing(request))
    changeable = shown.view if shown.view and shown.view.may_edit else None
    typed: dict[str, Any] = {"name": request.POST.get("name", "")}
    typed["as_new"] = changeable is None or request.POST.get("as") == "new"
    if request.method == "POST":
        _require_sense(shown)
        try:
            if not typed["as_new"] and changeable and changeable.id:
                saved = changing.save_changes(actor, changeable.id, shown.definition)
            else:
                replace = request.POST.get("replace") == "1"
                saved = changing.save_new(actor, shown.listing.name, typed["name"], shown.definition, replace=replace)
        except Invalid as error:
            typed |= {"error": error.sentence, "taken": isinstance(error, NameTaken), "as_new": True}
        else:
            said = f"The {shown.listing.noun} “{saved.name}” is saved."
            return _go_to(request, shown.listing, str(saved.pk), said)
    context = {
        **typed,
        "noun": shown.listing.noun,
        "shown": shown,
        "changeable": changeable,
        "action_url": request.get_full_path(),
    }
    if changeable and not changeable.is_own:
        context["owner"] = changeable.owner
    return render(
        request, "conversations/saved_views/_save_dialog.html", context, status=422 if "error" in typed else 200
    )


@require_http_methods(["GET", "POST"])
@organization_view(Right.KEEP_VIEWS)
def rename(request: OrganizationRequest, organization: str, view_id: int) -> HttpResponse:
    view, listing = _saved(request, view_id)
    name, error = request.POST.get("name", view.name), ""
    if request.method == "POST":
        try:
            renamed = changing.rename(request.actor, view_id, name)
        except Invalid as refused:
            error = refused.sentence
        else:
            return _go_to(request, listing, view.key, f"The {listing.noun} is called “{renamed.name}” now.")
    context = {"view": view, "name": name, "error": error}
    return render(request, "conversations/saved_views/_rename_dialog.html", context, status=422 if error else 200)


@require_http_methods(["GET", "POST"])
@organization_view(Right.KEEP_VIEWS)
def share(request: OrganizationRequest, organization: str, view_id: int) -> HttpResponse:
    """Everybody who is ticked has the view; whoever isn't has it no more."""
    view, listing = _saved(request, view_id)
    if request.method == "POST":
        changing.share(request.actor, view_id, _shares(request.POST))
        return _go_to(request, listing, view.key, f"“{view.name}” is shared as you chose.")
    context = {"view": view, "noun": listing.noun, **_recipients(request, view_id, listing)}
    return render(request, "conversations/saved_views/_share_dialog.html", context)


@require_http_methods(["GET", "POST"])
@organization_view(Right.KEEP_VIEWS)
def delete(request: OrganizationRequest, organization: str, view_id: int) -> HttpResponse:
    """Asks first, and names who loses the view."""
    view, listing = _saved(request, view_id)
    if request.method == "POST":
        name = changing.delete(request.actor, view_id)
        return _go_to(request, listing, "", f"The {listing.noun} “{name}” is deleted.")
    context = {"view": view, "noun": listing.noun, "losers": changing.who_has(view_id)}
    return render(request, "conversations/saved_views/_delete_dialog.html", context)


@require_POST
@organization_view(Right.KEEP_VIEWS)
def copy(request: OrganizationRequest, organization: str) -> HttpResponse:
    """Of any view the person has, built-in ones included."""
    listing = _listing(request)
    view = _view(request, listing)
    made = changing.copy(request.actor, view, listing.name)
    return _go_to(request, listing, str(made.pk), f"“{made.name}” is a {listing.noun} of your own.")


@require_POST
@organization_view(Right.KEEP_VIEWS)
def start_with(request: OrganizationRequest, organization: str) -> HttpResponse:
    listing = _listing(request)
    view = _view(request, listing)
    changing.start_with(request.actor, listing.name, view)
    return _go_to(request, listing, view.key, f"{listing.heading} opens with “{view.name}” from now on.")


def _listing(request: OrganizationRequest) -> Listing:
    listing = listing_of(request.GET)
    _require(request, listing.right)
    return listing


def _require(request: OrganizationRequest, right: Right) -> None:
    if not request.actor.may(right):
        raise Refused(REFUSAL[right])


def _view(request: OrganizationRequest, listing: Listing) -> View:
    found = find_view(request.actor, listing.name, request.POST.get("view", ""))
    if found is None:
        raise NotFound("There is no such view, or it isn’t shared with you any more.")
    return found


def _saved(request: OrganizationRequest, view_id: int) -> tuple[View, Listing]:
    row = visible_views(request.actor).filter(pk=view_id).first()
    view = find_view(request.actor, row.page, str(view_id)) if row else None
    if row is None or view is None:
        raise NotFound("There is no such view, or it isn’t shared with you any more.")
    listing = LISTINGS[row.page]
    _require(request, listing.right)
    return view, listing


def _require_sense(shown: ConversationFilter) -> None:
    """A view of something that matches nothing helps nobody. Raises errors.Invalid."""
    if shown.senseless:
        raise Invalid(f"{shown.notices[0]} Remove it before you save.")


def _shares(data: QueryDict) -> list[Share]:
    """`member=5&role=supervisor&everybody=1`, and for each the same with `edit_` before it."""
    shares = [
        Share(membership_id=int(typed), may_edit=typed in data.getlist("edit_member"))
        for typed in data.getlist("member")
        if typed.isascii() and typed.isdecimal() and len(typed) < 19
    ]
    shares += [Share(role=role, may_edit=role in data.getlist("edit_role")) for role in data.getlist("role")]
    if "everybody" in data:
        shares.append(Share(may_edit="edit_everybody" in data))
    return shares


def _recipients(request: OrganizationRequest, view_id: int, listing: Listing) -> Mapping[str, Any]:
    """Who may be chosen, and who is: only those who have the list at all. Three queries at most."""
    roles = roles_with(listing.right)
    from_whom = Membership.objects.filter(is_active=True, roles__overlap=roles).select_related("user")
    now = {(row["membership_id"], row["role"]): row["may_edit"] for row in changing.shares_of(view_id)}

    def entry(key: tuple[int | None, str], label: str) -> dict[str, Any]:
        return {"value": key[0] or key[1], "label": label, "has": key in now, "may_edit": now.get(key, False)}

    people = [entry((each.pk, ""), str(each)) for each in from_whom if each.pk != request.actor.membership_id]
    return {
        "people": sorted(people, key=lambda each: str(each["label"]).casefold()),
        "roles": [entry((None, role), f"Every {Role(role).label.lower()}") for role in roles],
        "everybody": entry((None, ""), "The whole organization"),
    }


def _go_to(request: OrganizationRequest, listing: Listing, key: str, said: str) -> HttpResponse:
    """Close the dialog, say what was done, and show the list with the view."""
    url = with_query(list_url_of(request.actor, listing), urlencode({"view": key or "all"}))
    answer = HttpResponse(status=200)
    if listing.home_url_name:
        # The page around such a list is about the view as well, so all of it is loaded anew.
        messages.success(request, said)
        answer["HX-Redirect"] = url if key else reverse(listing.home_url_name, args=[request.actor.organization_slug])
        return answer
    answer["HX-Trigger"] = json.dumps({"dialog:close": {}, "notice:show": {"text": said}}, ensure_ascii=True)
    answer["HX-Location"] = json.dumps({"path": url, "target": "#list-body", "swap": "outerHTML"})
    return answer
