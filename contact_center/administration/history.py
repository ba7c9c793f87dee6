"""The history page of a row in the admin, read from the audit log."""

from dataclasses import dataclass
from datetime import datetime
from types import SimpleNamespace
from typing import Any

from django.contrib.admin.views.main import PAGE_VAR
from django.core.paginator import Paginator
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.utils.text import capfirst

from contact_center.audit.models import AuditEvent
from contact_center.tenancy.models import Membership

PAGE_SIZE = 50


@dataclass(frozen=True, slots=True)
class Entry:
    """One line, under the names the theme's template asks for."""

    action_time: datetime
    user: SimpleNamespace
    get_change_message: str


def history_of(admin: Any, request: HttpRequest, row: Any) -> TemplateResponse:
    events = AuditEvent.objects.filter(object_type=row._meta.model_name, object_id=row.pk).order_by("-at", "-id")
    page: Any = Paginator(events, PAGE_SIZE).get_page(request.GET.get(PAGE_VAR))
    names = {
        member.pk: str(member)
        for member in Membership.objects.select_related("user").filter(
            pk__in={event.membership_id for event in page.object_list}
        )
    }
    page.object_list = [entry_of(event, names) for event in page.object_list]
    context = {
        **admin.admin_site.each_context(request),
        "title": f"Change history: {row}",
        "action_list": page,
        "page_range": page.paginator.get_elided_page_range(page.number),
        "page_var": PAGE_VAR,
        "pagination_required": page.paginator.num_pages > 1,
        "module_name": str(capfirst(admin.opts.verbose_name_plural)),
        "object": row,
        "opts": admin.opts,
    }
    request.current_app = admin.admin_site.name
    return TemplateResponse(request, "admin/object_history.html", context)


def entry_of(event: AuditEvent, names: dict[int, str]) -> Entry:
    who = names.get(event.membership_id or 0, "System")
    fields = ", ".join(str(name).replace("_", " ") for name in event.after.get("fields", ()))
    return Entry(
        action_time=event.at,
        user=SimpleNamespace(get_username=who, get_full_name=""),
        get_change_message=f"{event.label}: {fields}" if fields else event.label,
    )
