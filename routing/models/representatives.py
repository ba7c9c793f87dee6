"""People and AI agents who hold conversations: presence, capacity in units, skills."""

from typing import ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils import timezone

from contact_center.tenancy.fields import OrganizationForeignKey, OrganizationOneToOneField
from contact_center.tenancy.scope import OrganizationModel, same_organization_key
from routing.kinds import Presence


class CapacityProfile(OrganizationModel):
    """A named preset of total units.

    Units of finished work come back at once, or with the end of the organization's day: a daily quota.
    """

    class Reset(models.TextChoices):
        IMMEDIATE = "immediate", "Immediately"
        END_OF_DAY = "end_of_day", "At the end of the day"

    name = models.CharField(max_length=80)
    total_units = models.PositiveIntegerField(default=100)
    reset = models.CharField(max_length=12, choices=Reset.choices, default=Reset.IMMEDIATE)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organization", "name"], name="capacity_profile_name_once"),
            same_organization_key("capacity_profile_of_organization"),
        ]

    def __str__(self) -> str:
        return self.name


class CustomPresence(OrganizationModel):
    """An organization's own presence on top of a base; routing looks at the base only."""

    name = models.CharField(max_length=80)
    text = models.CharField(max_length=80, help_text="What people see.")
    base = models.CharField(max_length=16, choices=[c for c in Presence.choices if c[0] != Presence.INACTIVE])
    description = models.CharField(max_length=250, blank=True)

    class Meta:
        verbose_name_plural = "custom presences"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organization", "name"], name="custom_presence_name_once"),
            same_organization_key("custom_presence_of_organization"),
        ]

    def __str__(self) -> str:
        return self.text


class Representative(OrganizationModel):
    """Somebody who can hold conversations.

    `units_used` is moved by conditional statements in `routing/capacity.py` alone and always equals the sum of
    `units_held` over the conversations (and pending transfers) of this representative and of `units_spent`. It may
    exceed `total_units` when a supervisor overrides. The desk's columns are those of `routing/desk_line.py`.
    """

    class Type(models.TextChoices):
        PERSON = "person", "Person"
        AI_AGENT = "ai_agent", "AI agent"

    membership = OrganizationOneToOneField(
        "tenancy.Membership", null=True, blank=True, on_delete=models.CASCADE, related_name="representative"
    )
    name = models.CharField(max_length=120)
    email = models.EmailField(blank=True)
    type = models.CharField(max_length=10, choices=Type.choices, default=Type.PERSON)
    is_active = models.BooleanField(default=True)
    presence = models.CharField(max_length=16, choices=Presence.choices, default=Presence.OFFLINE)
    custom_presence = OrganizationForeignKey(
        CustomPresence, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    presence_since = models.DateTimeField(default=timezone.now)
    presence_set_by_system = models.BooleanField(default=True)
    # Offline, Away or Do not disturb by choice, or after a reject or a missed offer: capacity doesn't change it.
    presence_held = models.BooleanField(default=False, editable=False)
    default_presence = models.CharField(
        max_length=16,
        choices=[choice for choice in Presence.choices if choice[0] != Presence.INACTIVE],
        default=Presence.AVAILABLE,
        help_text="At sign-in to the desk. Available and Busy follow the units used.",
    )
    capacity_profile = OrganizationForeignKey(
        CapacityProfile, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    total_units = models.PositiveIntegerField(default=100)
    units_used = models.IntegerField(default=0, editable=False)
    # Units of finished work that come back at the end of the day, where the capacity profile says so.
    units_spent = models.PositiveIntegerField(default=0, editable=False)
    units_return_at = models.DateTimeField(null=True, blank=True, editable=False)
    idle_since = models.DateTimeField(default=timezone.now, editable=False)
    # When the desk last said that it is open; since when its line is lost; when to look at it next.
    desk_seen_at = models.DateTimeField(null=True, blank=True, editable=False)
    desk_lost_at = models.DateTimeField(null=True, blank=True, editable=False)
    desk_due_at = models.DateTimeField(null=True, blank=True, editable=False)
    # What the lost line interrupted; None when there is nothing to restore.
    presence_before = models.JSONField(null=True, blank=True, editable=False)

    class Meta:
        indexes: ClassVar = [
            # What the timers of people look for.
            models.Index(
                fields=["organization", "desk_due_at"],
                condition=models.Q(desk_due_at__isnull=False),
                name="representative_desk_due",
            ),
            models.Index(
                fields=["organization", "units_return_at"],
                condition=models.Q(units_return_at__isnull=False),
                name="representative_units_return",
            ),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(units_used__gte=0), name="representative_units_not_negative"),
            models.UniqueConstraint(
                fields=["organization", "email"], condition=~models.Q(email=""), name="representative_email_once"
            ),
            same_organization_key("representative_of_organization"),
        ]

    def __str__(self) -> str:
        return self.name


class Skill(OrganizationModel):
    name = models.CharField(max_length=80)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organization", "name"], name="skill_name_once"),
            same_organization_key("skill_of_organization"),
        ]

    def __str__(self) -> str:
        return self.name


class RepresentativeSkill(OrganizationModel):
    representative = OrganizationForeignKey(Representative, on_delete=models.CASCADE, related_name="skills")
    skill = OrganizationForeignKey(Skill, on_delete=models.CASCADE, related_name="+")
    proficiency = models.PositiveSmallIntegerField(default=5, validators=[MinValueValidator(1), MaxValueValidator(10)])

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organization", "representative", "skill"], name="representative_skill_once"
            ),
            models.CheckConstraint(condition=models.Q(proficiency__range=(1, 10)), name="proficiency_1_to_10"),
        ]

    def __str__(self) -> str:
        return f"{self.skill} {self.proficiency}"


class PresenceChange(OrganizationModel):
    """One stretch of one presence, for the 24-hour history."""

    representative = OrganizationForeignKey(Representative, on_delete=models.CASCADE, related_name="presence_changes")
    presence = models.CharField(max_length=16, choices=Presence.choices)
    custom_presence = OrganizationForeignKey(
        CustomPresence, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    since = models.DateTimeField(default=timezone.now)
    set_by = OrganizationForeignKey(
        "tenancy.Membership", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        indexes: ClassVar = [
            # The presence history of one person.
            models.Index(fields=["organization", "representative", "-since"], name="presence_history")
        ]

    def __str__(self) -> str:
        return f"{self.presence} since {self.since:%H:%M}"
