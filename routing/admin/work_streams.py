"""Work streams: what is fixed when one is made, and the clocks and rules that may change."""

import secrets
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin, messages

from contact_center.administration.base import OrganizationAdmin
from contact_center.administration.forms import OrganizationForm
from contact_center.administration.site import site
from contact_center.content_security import is_origin
from contact_center.errors import Invalid
from contact_center.web.targets import refuse_private_target
from routing import auto_close
from routing.kinds import WITH_CHAT_PAGE, Kind, kind_of, mode_of
from routing.models import WorkStream
from routing.models.work_streams import new_chat_key


class WorkStreamForm(OrganizationForm):
    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        channel = cleaned.get("channel") or self.instance.channel
        if channel:
            self.instance.kind, self.instance.mode = kind_of(channel), mode_of(channel)
            self._check_queue(cleaned, Kind(self.instance.kind))
        if self.instance.kind == Kind.VOICE and cleaned.get("distribution") == WorkStream.Distribution.PICK:
            self.add_error("distribution", "Voice is always offered, never picked.")
        if cleaned.get("keep_same_representative"):
            self._check_keeping(cleaned)
        return cleaned

    def _check_keeping(self, cleaned: dict[str, Any]) -> None:
        if self.instance.kind == Kind.RECORD:
            self.add_error("keep_same_representative", "Records are offered anew each time.")
        elif (cleaned.get("distribution") or self.instance.distribution) == WorkStream.Distribution.PICK:
            self.add_error("keep_same_representative", "Only work that is offered can keep its representative.")

    def _check_queue(self, cleaned: dict[str, Any], kind: Kind) -> None:
        queue = cleaned.get("default_queue")
        if queue and queue.kind != kind:
            self.add_error("default_queue", f"Choose a queue of the type {kind.label}.")
        elif queue and not queue.is_active and cleaned.get("is_active"):
            self.add_error("default_queue", "This queue is inactive.")

    def clean_delivery_url(self) -> str:
        url = str(self.cleaned_data["delivery_url"])
        try:
            if url:
                refuse_private_target(url)
        except Invalid as error:
            raise forms.ValidationError(error.sentence) from None
        return url

    def clean_allowed_origins(self) -> list[str]:
        """As a browser writes them; a slash at the end is forgiven."""
        origins = [origin.strip().lower().rstrip("/") for origin in self.cleaned_data["allowed_origins"] or []]
        for origin in origins:
            if not is_origin(origin):
                raise forms.ValidationError(f"“{origin}” is no origin. Write it like https://www.example.com.")
            if not (origin.startswith("https://") or settings.LOCAL):
                raise forms.ValidationError(f"“{origin}” must begin with https://.")
        return list(dict.fromkeys(origins))


CUSTOMERS = "Customers"
OF_CUSTOMERS = ("chat_key", "allowed_origins", "monitoring_notice", "delivery_url")
OF_OFFERS = (
    "allowed_presences",
    "picking_allowed",
    "keep_same_representative",
    "units_per_conversation",
    "offer_seconds",
)
CLOCKS = (*auto_close.FIELDS, "reconnect_seconds")
WHEN_EMPTY = (
    "Left empty when the work stream is made, the usual times of its channel are filled in. "
    "Emptied later, conversations in that state never close by themselves."
)


@admin.register(WorkStream, site=site)
class WorkStreamPage(OrganizationAdmin):
    form = WorkStreamForm
    list_display = ("name", "slug", "channel", "distribution", "default_queue", "active")
    list_filter = ("channel", "is_active")
    list_select_related = ("default_queue",)
    ordering = ("name",)
    # Kind and mode follow from the channel; programs send the slug.
    fixed_fields = ("slug", "channel", "distribution")
    readonly_fields = ("chat_key", "delivery_secret")
    fieldsets = (
        (None, {"fields": ("name", "slug", "channel", "distribution", "is_active", "default_queue")}),
        ("Offers and capacity", {"fields": OF_OFFERS}),
        ("Wrap-up", {"fields": ("wrap_up_rule", "wrap_up_hold_seconds")}),
        ("Closed by itself after so many seconds", {"fields": CLOCKS, "description": WHEN_EMPTY}),
        (CUSTOMERS, {"fields": (*OF_CUSTOMERS, "delivery_secret")}),
    )

    def get_fieldsets(self, request: Any, obj: WorkStream | None = None) -> Any:
        """There is nothing to sign before there is an address."""
        if obj and obj.delivery_url:
            return self.fieldsets
        without = (CUSTOMERS, {"fields": OF_CUSTOMERS})
        return tuple(without if each[0] == CUSTOMERS else each for each in self.fieldsets)

    def save_model(self, request: Any, obj: WorkStream, form: Any, change: bool) -> None:
        if obj.delivery_url and not obj.delivery_secret:
            obj.delivery_secret = secrets.token_hex(32)
            messages.info(request, "The secret that signs the deliveries stands on the work stream’s page.")
        if not change:
            self._complete(obj)
        super().save_model(request, obj, form, change)

    def _complete(self, obj: WorkStream) -> None:
        """What follows from the channel of a new one."""
        if obj.channel in WITH_CHAT_PAGE:
            obj.chat_key = new_chat_key()
        for name, seconds in auto_close.usual(obj.channel).items():
            if getattr(obj, name) is None:
                setattr(obj, name, seconds)
