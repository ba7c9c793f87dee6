"""API keys: issued once, shown once, revoked for good."""

import secrets
from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpResponse
from django.template.response import TemplateResponse
from django.utils.cache import add_never_cache_headers
from unfold.widgets import UnfoldBooleanSwitchWidget

from contact_center.administration.base import OrganizationAdmin
from contact_center.administration.forms import OrganizationForm
from contact_center.administration.site import site
from contact_center.audit.actions import AuditAction
from contact_center.tenancy.configuration import revoke_key
from contact_center.tenancy.models import ApiKey, hash_key


class KeyForm(OrganizationForm):
    revoke = forms.BooleanField(
        label="Revoke this key",
        required=False,
        help_text="Programs that use it are refused at once, and it can't be put back.",
        widget=UnfoldBooleanSwitchWidget,
    )


@admin.register(ApiKey, site=site)
class KeyPage(OrganizationAdmin):
    form = KeyForm
    list_display = ("name", "scopes_in_words", "created_at", "last_used_at", "is_valid")
    ordering = ("-created_at",)
    readonly_fields = ("created_at", "last_used_at", "revoked_at")
    audit_action = AuditAction.API_KEY_CHANGED

    def get_fields(self, request: Any, obj: ApiKey | None = None) -> tuple[str, ...]:
        if obj is None:
            return ("name", "scopes", "per_minute")
        known = ("name", "scopes", "per_minute", "created_at", "last_used_at", "revoked_at")
        return known if obj.revoked_at else (*known, "revoke")

    def get_readonly_fields(self, request: Any, obj: Any = None) -> list[str]:
        fields = super().get_readonly_fields(request, obj)
        return [*fields, "name", "scopes", "per_minute"] if obj and obj.revoked_at else fields

    @admin.display(description="May")
    def scopes_in_words(self, row: ApiKey) -> str:
        return ", ".join(ApiKey.Scope(scope).label for scope in row.scopes)

    @admin.display(description="Valid", boolean=True)
    def is_valid(self, row: ApiKey) -> bool:
        return row.revoked_at is None

    def save_model(self, request: Any, obj: ApiKey, form: Any, change: bool) -> None:
        if not change:
            request.issued_key = secrets.token_urlsafe(32)
            obj.key_hash = hash_key(request.issued_key)
        super().save_model(request, obj, form, change)
        if change and form.cleaned_data.get("revoke"):
            revoke_key(obj, actor=request.actor)

    def response_add(self, request: Any, obj: ApiKey, post_url_continue: str | None = None) -> HttpResponse:
        """The only answer that ever holds the key: not kept in messages, sessions or caches."""
        context = {
            **self.admin_site.each_context(request),
            "title": f"Key “{obj.name}”",
            "opts": self.opts,
            "issued_key": request.issued_key,
        }
        response = TemplateResponse(request, "admin/key_issued.html", context)
        add_never_cache_headers(response)
        return response
