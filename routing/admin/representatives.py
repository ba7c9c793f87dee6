"""Representatives with their queues and skills; presences, capacity profiles."""

from typing import Any

from django.contrib import admin

from contact_center.administration.base import OrganizationAdmin, OrganizationInline
from contact_center.administration.site import site
from routing.admin.deactivation import DeactivatableForm
from routing.models import CapacityProfile, CustomPresence, QueueMember, Representative, RepresentativeSkill, Skill


class Skills(OrganizationInline):
    model = RepresentativeSkill
    verbose_name = "skill"
    verbose_name_plural = "Skills"


class Queues(OrganizationInline):
    model = QueueMember
    verbose_name = "queue"
    verbose_name_plural = "Queues"
    fields = ("queue",)


@admin.register(Representative, site=site)
class RepresentativePage(OrganizationAdmin):
    form = DeactivatableForm
    list_display = ("name", "email", "type", "presence", "units", "active")
    list_filter = ("type", "presence", "is_active")
    search_fields = ("name", "email")
    ordering = ("name",)
    inlines = (Queues, Skills)
    fixed_fields = ("type",)
    # Moved by routing alone, under its own locks.
    readonly_fields = ("presence", "units")
    moved_elsewhere = frozenset(
        {
            "units_used",
            "units_spent",
            "units_return_at",
            "desk_seen_at",
            "desk_lost_at",
            "desk_due_at",
            "presence_before",
            "idle_since",
            "presence",
            "custom_presence",
            "presence_since",
            "presence_set_by_system",
            "presence_held",
        }
    )
    fieldsets = (
        (None, {"fields": ("name", "email", "type", "membership", "is_active")}),
        (
            "Presence and capacity",
            {"fields": ("presence", "default_presence", "capacity_profile", "total_units", "units")},
        ),
    )

    def save_model(self, request: Any, obj: Representative, form: Any, change: bool) -> None:
        """A profile newly chosen gives its total, unless another one was typed with it."""
        if obj.capacity_profile and "capacity_profile" in form.changed_data and "total_units" not in form.changed_data:
            obj.total_units = obj.capacity_profile.total_units
        super().save_model(request, obj, form, change)

    @admin.display(description="Units used")
    def units(self, row: Representative) -> str:
        over = row.units_used - row.total_units
        return f"{row.units_used} of {row.total_units}" + (f", exceeded by {over}" if over > 0 else "")


class NamedPage(OrganizationAdmin):
    list_display: tuple[str, ...] = ("name",)
    search_fields = ("name",)
    ordering = ("name",)
    deletable = True


@admin.register(Skill, site=site)
class SkillPage(NamedPage):
    pass


@admin.register(CustomPresence, site=site)
class PresencePage(NamedPage):
    list_display = ("name", "text", "base")


@admin.register(CapacityProfile, site=site)
class CapacityProfilePage(NamedPage):
    list_display = ("name", "total_units", "reset")
    fixed_fields = ("reset",)

    def save_model(self, request: Any, obj: CapacityProfile, form: Any, change: bool) -> None:
        """Whoever has the profile's former total gets the new one; a total of one's own stays."""
        super().save_model(request, obj, form, change)
        if change and "total_units" in form.changed_data:
            people = Representative.objects.filter(capacity_profile=obj, total_units=form.initial["total_units"])
            people.update(total_units=obj.total_units)
