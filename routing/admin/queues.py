"""Queues with their members, and the queues that a scoped supervisor sees."""

from typing import Any

from django.contrib import admin

from contact_center.administration.base import OrganizationAdmin, OrganizationInline
from contact_center.administration.forms import OrganizationForm
from contact_center.administration.site import site
from contact_center.tenancy.models import Membership
from routing.admin.deactivation import DeactivatableForm, keeps_active
from routing.kinds import Kind
from routing.models import OverflowRule, Queue, QueueMember, QueueScope, WorkStream


class QueueMembers(OrganizationInline):
    model = QueueMember
    verbose_name = "member"
    verbose_name_plural = "Members"
    fields = ("representative",)


class OverflowForm(OrganizationForm):
    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        condition, target = cleaned.get("condition"), cleaned.get("target_queue")
        if condition in (OverflowRule.Condition.QUEUE_SIZE, OverflowRule.Condition.WAIT) and not cleaned.get("limit"):
            self.add_error("limit", "Say from which number on.")
        source = cleaned.get("queue")
        if cleaned.get("action") == OverflowRule.Action.END and source is not None and source.kind == Kind.RECORD:
            self.add_error("action", "Records are never ended. Keep them, or move them to another queue.")
        if cleaned.get("action") == OverflowRule.Action.TRANSFER:
            self._check_target(target, source)
        elif target:
            self.add_error("target_queue", "Only work that is moved needs a queue.")
        return cleaned

    def _check_target(self, target: Queue | None, source: Queue | None) -> None:
        if target is None:
            self.add_error("target_queue", "Choose the queue the work moves to.")
        elif source is not None and target.pk == source.pk:
            self.add_error("target_queue", "Work can't move to where it is.")
        elif source is not None and target.kind != source.kind:
            self.add_error("target_queue", "Work never crosses types: choose a queue of the same type.")
        elif not target.is_active:
            self.add_error("target_queue", "This queue is inactive.")


class OverflowRules(OrganizationInline):
    model = OverflowRule
    form = OverflowForm
    fk_name = "queue"
    verbose_name = "overflow rule"
    verbose_name_plural = "Overflow"


@admin.register(Queue, site=site)
class QueuePage(OrganizationAdmin):
    form = DeactivatableForm
    list_display = ("name", "kind", "priority", "intent_based", "active")
    list_filter = ("kind", "is_active")
    search_fields = ("name",)
    ordering = ("name",)
    # Work never crosses types.
    fixed_fields = ("kind",)
    inlines = (QueueMembers, OverflowRules)
    fieldsets = (
        (None, {"fields": ("name", "description", "kind", "priority", "intent_based", "is_active")}),
        ("Hours", {"fields": ("operating_hours", "customer_message")}),
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
