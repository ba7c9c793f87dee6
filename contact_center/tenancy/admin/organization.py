"""Name, settings and the four toggles, with the notice that stands before Supervisor Monitor."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.utils.html import format_html
from unfold.widgets import UnfoldAdminIntegerFieldWidget, UnfoldBooleanSwitchWidget

from contact_center.administration.base import OneRowAdmin
from contact_center.administration.forms import OrganizationForm
from contact_center.administration.site import site
from contact_center.errors import Invalid
from contact_center.tenancy.configuration import CONFIRM_FIRST, change_toggles, needs_confirmation
from contact_center.tenancy.models import Membership, Organization, OrganizationSettings
from contact_center.tenancy.time_zones import TIME_ZONES
from contact_center.tenancy.toggles import APPROVABLE, MONITORING_NOTICE, MONITORING_NOTICE_VERSION, Toggle

MONITORING_FIELDS = ("consent_required", "customer_notice", "representatives_see_monitoring")
APPROVAL_FIELDS = ("approval_actions", "approval_above")
REPORT_FIELDS = ("reports_enabled", "report_readers", "report_makers")

WHAT_IT_ALLOWS = {
    Toggle.MONITOR: "Supervisors may watch ongoing conversations and join them.",
    Toggle.ASSIGN: "Supervisors may assign open conversations to representatives and queues.",
    Toggle.TRANSFER: "Supervisors may transfer conversations to representatives and queues.",
    Toggle.FORCE_CLOSE: "Supervisors may close conversations that are still going on.",
}


@admin.register(Organization, site=site)
class OrganizationPage(OneRowAdmin):
    """No tenant table, so the row is chosen here and not by the manager."""

    fields = ("name", "slug")
    readonly_fields = ("slug",)

    def get_queryset(self, request: Any) -> QuerySet[Organization]:
        return Organization.objects.filter(pk=request.organization.pk)


def switch(toggle: Toggle) -> forms.BooleanField:
    return forms.BooleanField(
        label=toggle.label, help_text=WHAT_IT_ALLOWS[toggle], required=False, widget=UnfoldBooleanSwitchWidget
    )


class SettingsForm(OrganizationForm):
    """A switch under the name of each toggle; `confirmed` is asked for where Supervisor Monitor needs it."""

    supervisor_monitor = switch(Toggle.MONITOR)
    supervisor_assign = switch(Toggle.ASSIGN)
    supervisor_transfer = switch(Toggle.TRANSFER)
    force_close = switch(Toggle.FORCE_CLOSE)
    confirmed = forms.BooleanField(
        label="I have read the notice and confirm it for my organization",
        required=False,
        widget=UnfoldBooleanSwitchWidget,
    )
    time_zone = forms.ChoiceField(choices=TIME_ZONES)
    approval_actions = forms.MultipleChoiceField(
        label="Always ask a second supervisor for",
        choices=list(APPROVABLE.items()),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    approval_above = forms.IntegerField(
        label="Ask a second supervisor above so many conversations",
        help_text="Or representatives, where their presence or queues are changed. Empty: the number doesn't matter.",
        required=False,
        min_value=1,
        max_value=1_000,
        widget=UnfoldAdminIntegerFieldWidget,
    )

    retention_days = forms.IntegerField(
        label="Delete closed conversations after so many days",
        help_text="With all that was said in them; it can’t be undone. Empty: everything is kept.",
        required=False,
        min_value=1,
        max_value=36_500,
        widget=UnfoldAdminIntegerFieldWidget,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for toggle in Toggle:
            self.initial[toggle.value] = toggle in self.instance.toggles

    @property
    def wanted(self) -> list[str]:
        return [toggle.value for toggle in Toggle if self.cleaned_data.get(toggle.value)]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if needs_confirmation(self.instance, self.wanted) and not cleaned.get("confirmed"):
            self.add_error("confirmed", CONFIRM_FIRST)
        return cleaned


@admin.register(OrganizationSettings, site=site)
class SettingsPage(OneRowAdmin):
    form = SettingsForm
    publishes = "rights"
    readonly_fields = ("notice", "confirmation")
    fieldsets = (
        ("What supervisors may do", {"fields": tuple(toggle.value for toggle in Toggle)}),
        ("Monitoring", {"fields": ("notice", "confirmed", "confirmation", *MONITORING_FIELDS)}),
        ("Sentiment", {"fields": ("sentiment_alert_threshold",)}),
        ("Second approval", {"fields": APPROVAL_FIELDS}),
        ("Customized reports", {"fields": REPORT_FIELDS}),
        ("Time", {"fields": ("time_zone",)}),
        ("Retention", {"fields": ("retention_days",)}),
    )

    @admin.display(description="Notice")
    def notice(self, row: OrganizationSettings) -> str:
        return format_html('<p class="notice">{}</p>', MONITORING_NOTICE)

    @admin.display(description="Confirmed")
    def confirmation(self, row: OrganizationSettings) -> str:
        if row.monitoring_confirmed_at is None:
            return "Not confirmed yet."
        member = Membership.objects.select_related("user").filter(user=row.monitoring_confirmed_by).first()
        outdated = row.monitoring_notice_version < MONITORING_NOTICE_VERSION
        return (
            f"By {member or 'a former member'} on {row.monitoring_confirmed_at:%d %B %Y, %H:%M} UTC "
            f"(version {row.monitoring_notice_version}{', since changed' if outdated else ''})."
        )

    def save_model(self, request: Any, obj: OrganizationSettings, form: SettingsForm, change: bool) -> None:
        """The toggles go their own audited way; the other fields are saved with them."""
        try:
            saved = change_toggles(form.wanted, actor=request.actor, confirmed=form.cleaned_data["confirmed"])
        except Invalid as error:  # somebody else turned it off meanwhile
            form.add_error("confirmed", error.sentence)
            raise
        fields = (
            *MONITORING_FIELDS,
            "sentiment_alert_threshold",
            "time_zone",
            "retention_days",
            *APPROVAL_FIELDS,
            *REPORT_FIELDS,
        )
        changed = [name for name in fields if getattr(saved, name) != form.cleaned_data[name]]
        for name in changed:
            setattr(saved, name, form.cleaned_data[name])
        if changed:
            # Whoever listens learns which ones.
            saved.save(update_fields=changed)
