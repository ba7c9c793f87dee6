"""Representatives with their queues and skills; presences, capacity profiles."""

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
