"""What every page of the admin does once: right, organization, audit, publication. Subclasses describe their table."""

from typing import Any, ClassVar
from urllib.parse import urlencode

from django.contrib import admin
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from unfold.admin import ModelAdmin, TabularInline
from unfold.widgets import UnfoldBooleanSwitchWidget

from contact_center.administration.changes import Change, change_of, states
from contact_center.administration.forms import OrganizationForm, choice_boxes
from contact_center.administration.history import history_of
from contact_center.administration.site import ORGANIZATION_PARAMETER
from contact_center.audit.actions import AuditAction
from contact_center.audit.record import record
from contact_center.live.publish import publish_on_commit
from contact_center.tenancy.access import OrganizationRequest
from contact_center.tenancy.middleware import right_to_enter_admin


class _OfOrganization:
    """Rights of a table and of an inline: the administrator role decides, Django's permissions and staff flag never.

    Rows and choices are the organization's because the default managers are: nothing in here may use another one.
    """

    addable = True
    changeable = True
    deletable = False

    def has_module_permission(self, request: Any) -> bool:
        return right_to_enter_admin(request)

    def has_view_permission(self, request: Any, obj: models.Model | None = None) -> bool:
        return right_to_enter_admin(request)

    def has_add_permission(self, request: Any, obj: models.Model | None = None) -> bool:
        return self.addable and right_to_enter_admin(request)

    def has_change_permission(self, request: Any, obj: models.Model | None = None) -> bool:
        return self.changeable and right_to_enter_admin(request)

    def has_delete_permission(self, request: Any, obj: models.Model | None = None) -> bool:
        return self.deletable and right_to_enter_admin(request)

    def formfield_for_dbfield(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        if isinstance(db_field, ArrayField) and db_field.base_field.choices:
            return choice_boxes(db_field)
        if db_field.name == "is_active":
            kwargs["label"] = "Active"
        if isinstance(db_field, models.URLField):
            kwargs["assume_scheme"] = "https"
        return super().formfield_for_dbfield(db_field, request, **kwargs)  # type: ignore[misc]


class OrganizationInline(_OfOrganization, TabularInline):
    extra = 0
    deletable = True
    form = OrganizationForm


class OrganizationAdmin(_OfOrganization, ModelAdmin):
    """The page of one tenant table."""

    form = OrganizationForm
    formfield_overrides: ClassVar[dict[Any, Any]] = {models.BooleanField: {"widget": UnfoldBooleanSwitchWidget}}
    # Deleting and changing many rows at once would go past the checks of the single row.
    actions = None
    list_per_page = 50
    view_on_site = False
    save_as = False
    # Fields that are chosen once, when the row is made.
    fixed_fields: ClassVar[tuple[str, ...]] = ()
    # Columns that live work moves under locks of its own.
    moved_elsewhere: ClassVar[frozenset[str]] = frozenset()
    # What a change is called in the audit log, and what live pages are told.
    audit_action = AuditAction.CONFIGURATION_CHANGED
    publishes = "configuration"
    # Rows listed under this one and deleted with it; any other row that refers to it keeps it from being deleted.
    owned: ClassVar[tuple[type[models.Model], ...]] = ()

    @admin.display(description="Active", boolean=True, ordering="is_active")
    def active(self, row: Any) -> bool:
        return bool(row.is_active)

    def get_readonly_fields(self, request: HttpRequest, obj: models.Model | None = None) -> list[str]:
        return [*super().get_readonly_fields(request, obj), *(self.fixed_fields if obj else ())]

    def render_change_form(self, request: Any, context: dict[str, Any], **kwargs: Any) -> HttpResponse:
        query = {**request.GET.dict(), ORGANIZATION_PARAMETER: request.organization.slug}
        kwargs["form_url"] = f"?{urlencode(query)}"
        answer: HttpResponse = super().render_change_form(request, context, **kwargs)
        return answer

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponseBase:
        """The audit log's events of this row; Django's own log isn't written, it knows no organization."""
        row = self.get_object(request, object_id)
        if row is None:
            absent: HttpResponse = self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
            return absent
        return history_of(self, request, row)

    def save_model(self, request: Any, obj: Any, form: Any, change: bool) -> None:
        """What routing moves meanwhile is never written back from an earlier read."""
        if change and self.moved_elsewhere:
            columns = [field.name for field in obj._meta.concrete_fields if not field.primary_key]
            obj.save(update_fields=[name for name in columns if name not in self.moved_elsewhere])
        else:
            super().save_model(request, obj, form, change)

    # --- Deleting ---

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> tuple[list[str], dict[str, int], set[str], list]:
        """Never a list of what hangs on the row: only whether something else still refers to it."""
        protected = [sentence for row in objs for sentence in self.referring(row)]
        return [str(row) for row in objs], {str(self.opts.verbose_name_plural): len(list(objs))}, set(), protected

    def referring(self, row: models.Model) -> list[str]:
        found = []
        for relation in row._meta.get_fields(include_hidden=True):
            if not relation.auto_created or relation.concrete or relation.related_model in self.owned:
                continue
            count = relation.related_model._default_manager.filter(**{relation.field.name: row}).count()  # type: ignore[union-attr]
            if count:
                names = relation.related_model._meta  # type: ignore[union-attr]
                found.append(f"{count:,} {names.verbose_name if count == 1 else names.verbose_name_plural}")
        return found

    # --- Audit and live pages: the calls in which Django would write its own log ---

    def construct_change_message(self, request: HttpRequest, form: Any, formsets: Any, add: bool = False) -> Any:
        return change_of(form, formsets or (), added=add)

    def log_addition(self, request: Any, obj: Any, message: Any) -> None:
        self.note(request, obj, message)

    def log_change(self, request: Any, obj: Any, message: Any) -> None:
        self.note(request, obj, message)

    def log_deletions(self, request: Any, queryset: Any) -> None:
        for row in queryset:
            self.note(request, row, Change(before=states(row)), action=AuditAction.DELETED)

    def note(
        self, request: OrganizationRequest, row: models.Model, change: Change, *, action: AuditAction | None = None
    ) -> None:
        if not change and action is None:
            return
        record(
            action or self.audit_action,
            actor=request.actor,
            object_type=str(row._meta.model_name),
            object_id=row.pk,
            before=change.before,
            after=change.after,
        )
        self.publish(request, row)

    def publish(self, request: OrganizationRequest, row: models.Model) -> None:
        """No ids: a name stands in rows of any kind."""
        publish_on_commit(request.organization.pk, self.publishes)


class OneRowAdmin(OrganizationAdmin):
    """A table with one row per organization: its list is its page."""

    addable = False

    def changelist_view(self, request: Any, extra_context: Any = None) -> HttpResponse:
        row = self.get_queryset(request).get()
        return redirect(f"{self.admin_site.name}:{self.opts.app_label}_{self.opts.model_name}_change", row.pk)

    def response_post_save_change(self, request: Any, obj: Any) -> HttpResponse:
        return redirect(request.path)
