"""The pages of the ledger: the organization's, and for a representative who watched their own work."""

from typing import Any

from django.db.models import F, QuerySet
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from contact_center.errors import Refused
from contact_center.tenancy.access import OrganizationRequest, organization_view
from contact_center.tenancy.roles import Right
from contact_center.tenancy.toggles import PURPOSE
from contact_center.web.pagination import Keyset, count_rows, read_page
from contact_center.web.place import Place, neighbours, pagination
from contact_center.web.render import render_page_or_fragment
from contact_center.web.templatetags.console import duration
from conversations.actions.monitoring import PAGE_LEFT, READING, RIGHT_ENDED, STOPPED, TOOK_OVER
from conversations.models import Participant
from conversations.monitoring import ledger
from conversations.rules import sentence_of

ORDER = Keyset(F("added_at"), descending=True)
NOT_SHOWN = "Your organization doesn’t show representatives who monitored them."
HOW = {
    STOPPED: "Stopped",
    PAGE_LEFT: "Page closed or connection lost",
    RIGHT_ENDED: "Right ended",
    TOOK_OVER: "Took the conversation over",
}


@require_safe
@organization_view(Right.READ_AUDIT)
def organization_ledger(request: OrganizationRequest, organization: str) -> HttpResponse:
    """Who watched which conversation, when and how long; ids and people, nothing that was said."""
    texts = {"heading": "Monitoring ledger", "empty_text": "Whoever monitors a conversation is listed here."}
    return _listed(request, ledger.rows(), reverse("monitoring:ledger", args=[organization]), texts)


@require_safe
@organization_view(Right.USE_DESK)
def own_ledger(request: OrganizationRequest, organization: str) -> HttpResponse:
    """Who watched conversations that this representative took part in, where the organization shows it."""
    if request.actor.representative_id is None:
        raise Refused(sentence_of("not_representative"), code="not_representative")
    if not ledger.representatives_may_see():
        raise Refused(NOT_SHOWN, code="not_shown")
    found = ledger.concerning(request.actor.representative_id, now=timezone.now())
    texts = {"heading": "Who monitored me", "empty_text": "Nobody has monitored a conversation of yours."}
    return _listed(request, found, reverse("desk:monitoring", args=[organization]), texts)


def _listed(
    request: OrganizationRequest, found: QuerySet[Participant], url: str, texts: dict[str, str]
) -> HttpResponse:
    """Newest first. Three queries, four when the page asked for is gone."""
    place = Place.of(request.GET)
    page = read_page(found, ORDER, size=place.size, anchor=place.anchor(moments=True))
    rows = ledger.with_names([row[0] for row in page.rows])
    context = {
        **texts,
        "count": str(count_rows(found)),
        "rows": [_row(rows[pk]) for pk, *_ in page.rows if pk in rows],
        "purpose": PURPOSE,
        "pagination": pagination(url, place, [], neighbours(page)),
    }
    return render_page_or_fragment(
        request, "monitoring/ledger.html", "monitoring/_ledger_body.html", context, target="list-body"
    )


def _row(row: Participant) -> dict[str, Any]:
    holder = row.conversation.representative
    return {
        "id": row.pk,
        "person": str(row.membership),
        "number": row.conversation.number,
        "representative": holder.name if holder else "",
        "what": "Read after closing" if row.assign_reason == READING else "Monitored",
        "began": row.added_at.isoformat(),
        "ended": row.left_at.isoformat() if row.left_at else "",
        "lasted": duration(row.left_at - row.added_at) if row.left_at else "",
        "how": HOW.get(row.left_reason, "Conversation closed") if row.left_at else "",
    }
