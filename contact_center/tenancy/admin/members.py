"""Members: who belongs to the organization, in which roles, seeing which queues."""

from functools import partial
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db import transaction
from django.db.models import QuerySet
from unfold.widgets import UnfoldAdminEmailInputWidget, UnfoldAdminTextInputWidget, UnfoldBooleanSwitchWidget

from contact_center.administration.base import OrganizationAdmin
from contact_center.administration.forms import OrganizationForm
from contact_center.administration.site import site
from contact_center.audit.actions import AuditAction
from contact_center.errors import Invalid
from contact_center.live.publish import publish_on_commit
from contact_center.tenancy.admin.notices import NoticeFilter, in_words, with_newest_version
from contact_center.tenancy.configuration import ALREADY_A_MEMBER, Attached, refuse_without_administrator, user_for
from contact_center.tenancy.invitation import send_invitation
from contact_center.tenancy.models import Membership
from contact_center.tenancy.roles import Role


class MemberForm(OrganizationForm):
    name = forms.CharField(
        max_length=120, widget=UnfoldAdminTextInputWidget, help_text="How your organization calls this person."
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.is_new:
            try:
                refuse_without_administrator(
                    self.instance, roles=cleaned.get("roles", ()), is_active=cleaned.get("is_active", False)
                )
            except Invalid as error:
                self.add_error("roles", error.sentence)
        return cleaned


class ExistingMemberForm(MemberForm):
    invite_again = forms.BooleanField(
        label="Send the invitation again",
        required=False,
        help_text="A mail with the way in. Earlier links go on working until one is used.",
        widget=UnfoldBooleanSwitchWidget,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Until the organization has a name of its own for them, the account's is shown everywhere.
        self.initial["name"] = self.instance.name or self.instance.user.name

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if cleaned.get("invite_again") and not cleaned.get("is_active"):
            self.add_error("invite_again", "Only an active member can come in.")
        return cleaned


class NewMemberForm(MemberForm):
    email = forms.EmailField(
        label="E-mail",
        widget=UnfoldAdminEmailInputWidget,
        help_text="They get a mail with the way in, and choose their own password.",
    )

    def clean_email(self) -> str:
        email = self.cleaned_data["email"].lower()
        if Membership.objects.filter(user__email__iexact=email).exists():
            raise forms.ValidationError(ALREADY_A_MEMBER)
        return str(email)


@admin.register(Membership, site=site)
class MemberPage(OrganizationAdmin):
    form = MemberForm
    list_display = ("person", "email", "role_names", "all_queues", "may_notify", "api_access", "notice", "active")
    list_select_related = ("user",)
    list_filter = ("is_active", NoticeFilter)
    search_fields = ("name", "user__email")
    readonly_fields = ("email",)
    fields = ("email", "name", "roles", "is_active", "may_notify", "api_access", "all_queues")
    audit_action = AuditAction.MEMBERSHIP_CHANGED
    publishes = "rights"

    def get_fields(self, request: Any, obj: Any = None) -> tuple[str, ...]:
        return self.fields if obj is None else (*self.fields, "invite_again")

    def get_form(self, request: Any, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        kwargs["form"] = NewMemberForm if obj is None else ExistingMemberForm
        return super().get_form(request, obj, change=change, **kwargs)

    def get_readonly_fields(self, request: Any, obj: Any = None) -> list[str]:
        return [] if obj is None else super().get_readonly_fields(request, obj)

    def get_queryset(self, request: Any) -> QuerySet[Membership]:
        return with_newest_version(Membership.objects.select_related("user")).order_by("user__email")

    @admin.display(description="Name", ordering="name")
    def person(self, row: Membership) -> str:
        return str(row)

    @admin.display(description="E-mail", ordering="user__email")
    def email(self, row: Membership) -> str:
        return row.user.email

    @admin.display(description="Roles")
    def role_names(self, row: Membership) -> str:
        return ", ".join(role.label for role in Role if role in row.roles)

    @admin.display(description="Notice on monitoring", ordering="notice_version")
    def notice(self, row: Membership) -> str:
        return in_words(row)

    def save_model(self, request: Any, obj: Membership, form: Any, change: bool) -> None:
        if not change:
            attached = user_for(form.cleaned_data["email"], form.cleaned_data["name"])
            obj.user = attached.user
            self._invite(request, attached)
        elif form.cleaned_data.get("invite_again"):
            self._invite(request, Attached(obj.user, is_new=not obj.user.has_usable_password()))
        super().save_model(request, obj, form, change)

    def _invite(self, request: Any, attached: Attached) -> None:
        """The same words whether the account was there before: it may be somebody's of another organization."""
        transaction.on_commit(partial(send_invitation, request, attached), robust=True)
        messages.info(request, f"{attached.user.email} gets a mail with the way in.")

    def publish(self, request: Any, row: Any) -> None:
        publish_on_commit(request.organization.pk, "rights", [row.pk])
        publish_on_commit(request.organization.pk, "configuration")
