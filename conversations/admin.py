"""Reasons, templates and webhooks in Django admin; closed conversations and saved views may be deleted there.

No text of a conversation is shown: administrators see ids and states.
"""

import secrets
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget

from contact_center.administration.base import OneRowAdmin, OrganizationAdmin
from contact_center.administration.forms import OrganizationForm
from contact_center.administration.site import site
from contact_center.errors import Conflict, Invalid
from contact_center.live.publish import publish_on_commit
from contact_center.web.targets import refuse_private_target
from conversations.alerts.kinds import labels
from conversations.models import (
    AlertSettings,
    Conversation,
    Disposition,
    ForceCloseReason,
    MessageTemplate,
    SavedView,
    WebhookEndpoint,
)
from conversations.states import Status
from routing.admin.deactivation import keeps_active
from routing.models import Queue, Representative


@keeps_active(Queue)
def queue_holds_work(row: Queue) -> str | None:
    return held_by("The queue", Conversation.objects.filter(queue=row))


@keeps_active(Representative)
def representative_holds_work(row: Representative) -> str | None:
    return held_by(row.name, Conversation.objects.filter(representative=row))


def held_by(holder: str, conversations: QuerySet[Conversation]) -> str | None:
    match conversations.exclude(status=Status.CLOSED).count():
        case 0:
            return None
        case 1:
            return f"{holder} holds 1 ongoing conversation; move or close it first."
        case count:
            return f"{holder} holds {count:,} ongoing conversations; move or close them first."


class ListPage(OrganizationAdmin):
    list_display = ("label", "position", "active")
    fields = ("label", "position", "is_active")


@admin.register(ForceCloseReason, site=site)
class ForceCloseReasonPage(ListPage):
    pass


@admin.register(Disposition, site=site)
class DispositionPage(ListPage):
    pass


@admin.register(MessageTemplate, site=site)
class MessageTemplatePage(OrganizationAdmin):
    list_display = ("name", "use", "active")
    list_filter = ("use", "is_active")
    ordering = ("use", "name")


class WebhookForm(OrganizationForm):
    def clean_url(self) -> str:
        url = str(self.cleaned_data["url"])
        try:
            refuse_private_target(url)
        except Invalid as error:
            raise forms.ValidationError(error.sentence) from None
        return url


@admin.register(WebhookEndpoint, site=site)
class WebhookPage(OrganizationAdmin):
    form = WebhookForm
    list_display = ("url", "is_active", "last_answer")
    readonly_fields = ("secret", "last_answer")

    def get_fields(self, request: Any, obj: Any = None) -> tuple[str, ...]:
        return ("url", "events", "is_active", "secret", "last_answer") if obj else ("url", "events", "is_active")

    def save_model(self, request: Any, obj: WebhookEndpoint, form: Any, change: bool) -> None:
        if not change:
            obj.secret = secrets.token_hex(32)
            messages.info(request, "The secret that signs the deliveries stands on the webhook's page.")
        super().save_model(request, obj, form, change)


@admin.register(Conversation, site=site)
class ClosedConversationPage(OrganizationAdmin):
    """Ids and states of closed conversations, to look at and to delete."""

    addable = changeable = False
    deletable = True
    list_display = ("number", "channel", "status_reason", "queue", "created_at", "closed_at")
    list_select_related = ("queue",)
    list_filter = ("channel", "status_reason")
    ordering = ("-closed_at", "-id")
    search_fields = ("id",)
    search_help_text = "Number of the conversation, as C-123"
    fields = readonly_fields = ("number", "channel", "mode", "status", "status_reason", "queue", "closed_at")
    show_full_result_count = False
    publishes = "conversation"

    def get_queryset(self, request: Any) -> QuerySet[Conversation]:
        return Conversation.objects.filter(status=Status.CLOSED)

    def get_search_results(self, request: Any, queryset: Any, search_term: str) -> tuple[Any, bool]:
        digits = search_term.strip().upper().removeprefix("C-")
        if not search_term.strip():
            return queryset, False
        known = digits.isascii() and digits.isdecimal() and len(digits) < 18
        return (queryset.filter(pk=int(digits)) if known else queryset.none()), False

    def get_object(self, request: Any, object_id: str, from_field: str | None = None) -> Conversation | None:
        """Pages of the admin name a row by its words; this one has none."""
        row = super().get_object(request, object_id, from_field)
        if row is not None:
            row.subject = row.customer_name = row.hand_note = row.supervisor_note = ""
        return row  # type: ignore[no-any-return]

    def referring(self, row: Any) -> list[str]:
        """What was said and done in it goes with it; runs and the audit keep its number."""
        return []

    def delete_model(self, request: Any, obj: Conversation) -> None:
        # Retention may have been here in the meantime.
        row = Conversation.objects.select_for_update(of=("self",)).filter(pk=obj.pk, status=Status.CLOSED).first()
        if row is None:
            raise Conflict("This conversation is gone already.")
        row.delete()

    def publish(self, request: Any, row: Any) -> None:
        publish_on_commit(request.organization.pk, "conversation", [row.pk])


@admin.register(SavedView, site=site)
class SavedViewPage(OrganizationAdmin):
    """To delete; what a view asks for is its owner's."""

    addable = changeable = False
    deletable = True
    list_display = ("name", "page", "owner", "created_at")
    list_select_related = ("owner__user",)
    list_filter = ("page",)
    ordering = ("name",)
    fields = readonly_fields = ("name", "page", "owner", "created_at", "changed_at")

    def referring(self, row: Any) -> list[str]:
        """Its shares go with it."""
        return []


class AlertSettingsForm(OrganizationForm):
    """Boxes for what is on; the row keeps what is off, so that a new kind of alert is on."""

    off = forms.MultipleChoiceField(
        label="Alert supervisors about",
        choices=labels,
        required=False,
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
    )
    never_mailed = forms.MultipleChoiceField(
        label="May be sent by e-mail",
        help_text="Each supervisor chooses among these, on the page of alerts.",
        choices=labels,
        required=False,
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("off", "never_mailed"):
            self.initial[name] = [kind for kind in labels() if kind not in getattr(self.instance, name)]

    def clean_off(self) -> list[str]:
        return self._without("off")

    def clean_never_mailed(self) -> list[str]:
        return self._without("never_mailed")

    def _without(self, name: str) -> list[str]:
        return [kind for kind in labels() if kind not in self.cleaned_data[name]]


@admin.register(AlertSettings, site=site)
class AlertSettingsPage(OneRowAdmin):
    form = AlertSettingsForm
    fieldsets = (
        ("What is told", {"fields": ("off", "never_mailed")}),
        ("Work is stuck", {"fields": ("offline_minutes", "transfer_seconds", "wrap_up_minutes", "waiting_hours")}),
    )

    def changelist_view(self, request: Any, extra_context: Any = None) -> Any:
        AlertSettings.objects.get_or_create()
        return super().changelist_view(request, extra_context)
