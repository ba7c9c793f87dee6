"""Operating hours: one line per weekday instead of the stored lists."""

import re
from typing import Any

from django import forms
from django.contrib import admin
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from contact_center.administration.base import OrganizationAdmin
from contact_center.administration.forms import OrganizationForm
from contact_center.administration.site import site
from contact_center.tenancy.time_zones import TIME_ZONES
from routing.models import OperatingHours

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
TIME = r"(?:[01]\d|2[0-3]):[0-5]\d"
STRETCH = re.compile(rf"({TIME})\s*[-–]\s*({TIME}|24:00)", re.ASCII)
HOW_TO_WRITE = "Write hours as 09:00-17:00, several with commas between."


def day_field(name: str) -> forms.CharField:
    return forms.CharField(label=name.capitalize(), required=False, widget=UnfoldAdminTextInputWidget)


def read_stretches(text: str) -> list[list[str]]:
    """Raises ValidationError for anything but a list of times."""
    stretches = []
    for part in filter(None, (each.strip() for each in text.split(","))):
        found = STRETCH.fullmatch(part)
        if found is None:
            raise forms.ValidationError(HOW_TO_WRITE)
        stretches.append([found[1], found[2]])
    return stretches


def write_stretches(stretches: list[list[str]]) -> str:
    return ", ".join(f"{start}-{end}" for start, end in stretches)


class HoursForm(OrganizationForm):
    time_zone = forms.ChoiceField(choices=TIME_ZONES, widget=UnfoldAdminSelectWidget)
    monday = day_field("monday")
    tuesday = day_field("tuesday")
    wednesday = day_field("wednesday")
    thursday = day_field("thursday")
    friday = day_field("friday")
    saturday = day_field("saturday")
    sunday = day_field("sunday")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for number, day in enumerate(WEEKDAYS):
            self.initial[day] = write_stretches(self.instance.weekly.get(str(number), []))
        self.fields["monday"].help_text = f"{HOW_TO_WRITE} An end before its start is on the next day."

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        weekly = {}
        for number, day in enumerate(WEEKDAYS):
            try:
                stretches = read_stretches(cleaned.get(day, ""))
            except forms.ValidationError as error:
                self.add_error(day, error)
                continue
            if stretches:
                weekly[str(number)] = stretches
        if not weekly and not self.errors:
            self.add_error(None, "Name at least one day with hours; a queue without hours is always open.")
        self.instance.weekly = weekly
        return cleaned


@admin.register(OperatingHours, site=site)
class HoursPage(OrganizationAdmin):
    form = HoursForm
    list_display = ("name", "time_zone")
    ordering = ("name",)
    deletable = True
    fields = ("name", "time_zone", *WEEKDAYS)
