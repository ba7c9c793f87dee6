"""Queues with their members, and the queues that a scoped supervisor sees."""

from django.contrib import admin

from contact_center.administration.base import OrganizationAdmin, OrganizationInline
from contact_center.administration.site import site
from contact_center.tenancy.models import Membership
from routing.admin.deactivation import DeactivatableForm, keeps_active
from routing.models import OverflowRule, Queue, QueueMember, QueueScope, WorkStream


class QueueMembers(OrganizationInline):
    model = QueueMember
    verbose_name = "member"
    verbose_name_plural = "Members"
    fields = ("representative",)


@admin.register(Queue, site=site)
class QueuePage(OrganizationAdmin):
    form = DeactivatableForm
    list_display = ("name", "kind", "priority", "intent_based", "is_active")
    list_filter = ("kind", "is_active")
    search_fields = ("name",)
    ordering = ("name",)
    # Work never crosses types.
    fixed_fields = ("kind",)
    inlines = (QueueMembers,)
    fieldsets = (
        (None, {"fields": ("name", "description", "kind", "priority", "intent_based", "is_active")}),
        ("Targets", {"fields": ("service_level_seconds", "short_abandon_seconds")}),
    )


@keeps_active(Queue)
def default_of_work_streams(row: Queue) -> str | None:
    names = WorkStream.objects.filter(default_queue=row, is_active=True).values_list("name", flat=True)
    return f"New work arrives here: it is the default queue of {', '.join(names)}." if names else None


@keeps_active(Queue)
def target_of_other_queues(row: Queue) -> str | None:
    diverting = Queue.objects.filter(diverts_to=row).values_list("name", flat=True)
    overflowing = OverflowRule.objects.filter(target_queue=row).values_list("queue__name", flat=True)
    names = sorted({*diverting, *overflowing})
    return f"Work is moved here from {', '.join(names)}." if names else None


class ScopedQueues(OrganizationInline):
    """Stands on the page of a member, whose own app knows no queues."""

    model = QueueScope
    verbose_name = "queue"
    verbose_name_plural = "Queues seen, unless all are"
    fields = ("queue",)


site.get_model_admin(Membership).inlines = (ScopedQueues,)
