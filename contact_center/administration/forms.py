"""The form under every page of the admin: rules of the organization's tables, said in words beside the field."""

from typing import Any

from django import forms
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget

from contact_center.tenancy.scope import OrganizationModel, current_organization_id

TAKEN = "There is already one with this value in your organization."


class OrganizationForm(forms.ModelForm):
    """Checks unique constraints that begin with the organization, which Django leaves out: no form shows that field.

    Subclasses name no fields: a foreign key among them would ask for rows when the module is loaded.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if isinstance(self.instance, OrganizationModel) and self.is_new:
            self.instance.organization_id = current_organization_id()

    @property
    def is_new(self) -> bool:
        return self.instance.pk is None

    def _post_clean(self) -> None:
        super()._post_clean()  # type: ignore[misc]
        exclude = self._get_validation_exclusions() - {"organization"}  # type: ignore[attr-defined]
        for constraint in self.instance._meta.constraints:
            try:
                constraint.validate(type(self.instance), self.instance, exclude=exclude)
            except ValidationError as error:
                if isinstance(constraint, models.UniqueConstraint):
                    self.add_error(self._field_of(constraint), TAKEN)
                else:
                    self.add_error(None, error)

    def _field_of(self, constraint: models.UniqueConstraint) -> str | None:
        shown = [name for name in constraint.fields if name in self.fields]
        return shown[-1] if shown else None


def choice_boxes(db_field: ArrayField) -> forms.TypedMultipleChoiceField:
    """A list of choices as checkboxes."""
    return forms.TypedMultipleChoiceField(
        label=str(db_field.verbose_name).capitalize(),
        choices=list(db_field.base_field.choices or ()),
        required=not db_field.blank,
        help_text=db_field.help_text,
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
    )
