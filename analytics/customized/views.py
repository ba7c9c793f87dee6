"""The pages of reports: all of them, one, the page on which one is made, and its figures as a file."""

from typing import Any

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_safe

from analytics.customized import files, pages
from analytics.customized.layout import Layout
from analytics.customized.listing import CUSTOMIZED
from contact_center.tenancy.access import OrganizationRequest, organization_view
from contact_center.tenancy.roles import Right
from contact_center.web.pagination import Count
from contact_center.web.render import render_page_or_fragment
from conversations.filters import ConversationFilter
from conversations.list_context import list_context, list_url_of, with_query
from conversations.queries import ListPage
from conversations.views.list import listed

PAGE, FRAGMENT = "analytics/customized/report.html", "analytics/customized/_bare_body.html"


@require_safe
@organization_view(Right.READ_REPORTS)
def show_reports(request: OrganizationRequest, organization: str) -> HttpResponse:
    return render(request, "analytics/customized/reports.html", pages.reports_context(request.actor))


@require_safe
@organization_view(Right.READ_REPORTS)
def show_customized(request: OrganizationRequest, organization: str) -> HttpResponse:
    """The figures, and below them the conversations; these are for supervisors."""
    if not request.GET:
        return redirect("analytics:reports", organization)
    if request.actor.may(Right.SUPERVISE):
        return listed(request, CUSTOMIZED, PAGE, _more)
    shown = _shown(request)
    nothing = ListPage((), (), {}, "", "")
    context = {**list_context(request.actor, shown, nothing, [], Count(0, exact=True)), **_more(shown)}
    return render_page_or_fragment(request, PAGE, FRAGMENT, context, target="list-body")


def _more(shown: ConversationFilter) -> dict[str, Any]:
    return pages.report_context(shown, timezone.now())


@require_safe
@organization_view(Right.MAKE_REPORTS)
def edit_report(request: OrganizationRequest, organization: str) -> HttpResponse:
    """Where one chooses what a report shows. What makes sense is shown at once; it is saved from there."""
    shown = _shown(request)
    asked = "show" in request.GET
    problems = Layout.of(shown).complaints if asked else ()
    if asked and not problems:
        return redirect(with_query(list_url_of(request.actor, CUSTOMIZED), shown.query_string()))
    context = pages.edit_context(shown, problems)
    return render(request, "analytics/customized/edit.html", context, status=422 if problems else 200)


@require_GET
@organization_view(Right.MAKE_REPORTS)
def check_report(request: OrganizationRequest, organization: str) -> HttpResponse:
    """What of the choices so far makes no sense together, while one chooses."""
    context = {"problems": Layout.of(_shown(request)).problems}
    return render(request, "analytics/customized/_problems.html", context)


@require_GET
@organization_view(Right.READ_REPORTS)
def report_file(request: OrganizationRequest, organization: str) -> HttpResponseBase:
    return files.figures(request, request.actor, _shown(request))


def _shown(request: OrganizationRequest) -> ConversationFilter:
    return ConversationFilter.from_query(request.GET, request.actor, CUSTOMIZED)
