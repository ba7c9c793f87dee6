"""Who of the representatives acknowledged the notice on monitoring, in which version and when; and who hasn't yet."""

from typing import Any

from django.contrib import admin
from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.http import HttpRequest

from contact_center.administration.base import OrganizationAdmin
from contact_center.administration.site import site
from contact_center.tenancy.models import Membership, NoticeAcknowledgement
from contact_center.tenancy.roles import Role
from contact_center.tenancy.toggles import REPRESENTATIVE_NOTICE, REPRESENTATIVE_NOTICE_VERSION


def with_newest_version(rows: QuerySet[Membership]) -> QuerySet[Membership]:
    """`notice_version` and `notice_at` of what each acknowledged last, in the same query."""
    own = NoticeAcknowledgement.objects.filter(membership_id=OuterRef("pk"), notice=REPRESENTATIVE_NOTICE)
    newest = own.order_by("-version")
    return rows.annotate(
        notice_version=Subquery(newest.values("version")[:1]), notice_at=Subquery(newest.values("acknowledged_at")[:1])
    )


def in_words(row: Any) -> str:
    """Of a member loaded through `with_newest_version`."""
    if Role.REPRESENTATIVE not in row.roles:
        return "–"
    if row.notice_version is None:
        return "Not read yet"
    if row.notice_version < REPRESENTATIVE_NOTICE_VERSION:
        return f"Version {row.notice_version}, since changed"
    return f"Version {row.notice_version}, {row.notice_at:%d %B %Y}"


class NoticeFilter(admin.SimpleListFilter):
    title = "notice on monitoring"
    parameter_name = "notice"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("read", "Read as it is now"), ("due", "Not read yet")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() not in ("read", "due"):
            return queryset
        rows = queryset.filter(roles__contains=[Role.REPRESENTATIVE])
        if self.value() == "read":
            return rows.filter(notice_version__gte=REPRESENTATIVE_NOTICE_VERSION)
        return rows.filter(Q(notice_version=None) | Q(notice_version__lt=REPRESENTATIVE_NOTICE_VERSION))


@admin.register(NoticeAcknowledgement, site=site)
class AcknowledgementPage(OrganizationAdmin):
    """Every version that somebody acknowledged, the newest first; nobody writes or takes one back here."""

    addable = changeable = False
    list_display = ("person", "email", "version", "acknowledged_at")
    list_select_related = ("membership__user",)
    list_filter = ("version",)
    ordering = ("-acknowledged_at", "-id")
    search_fields = ("membership__name", "membership__user__email")
    fields = readonly_fields = ("person", "email", "notice", "version", "acknowledged_at")

    @admin.display(description="Name", ordering="membership__name")
    def person(self, row: NoticeAcknowledgement) -> str:
        return str(row.membership)

    @admin.display(description="E-mail", ordering="membership__user__email")
    def email(self, row: NoticeAcknowledgement) -> str:
        return row.membership.user.email
