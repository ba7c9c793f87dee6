"""System checks that keep a new model inside the walls."""

from typing import Any

from django.core.checks import CheckMessage, Error, register
from django.db import models

from contact_center.tenancy.fields import OrganizationForeignKey, OrganizationOneToOneField
from contact_center.tenancy.row_security import organization_foreign_keys, tenant_models
from contact_center.tenancy.scope import OrganizationModel


@register
def tenant_tables_reference_only_their_own(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """A key between tenant tables is an OrganizationForeignKey, and its target has a unique (organization, id)."""
    errors: list[CheckMessage] = []
    for model in tenant_models():
        for field in model._meta.local_fields:
            plain = isinstance(field, models.ForeignKey) and not isinstance(
                field, OrganizationForeignKey | OrganizationOneToOneField
            )
            target = field.related_model
            if plain and isinstance(target, type) and issubclass(target, OrganizationModel):
                errors.append(
                    Error(
                        f"{model.__name__}.{field.name} must be an OrganizationForeignKey.",
                        obj=model,
                        id="tenancy.E001",
                    )
                )
    for source, field in organization_foreign_keys():
        if not _has_composite_key(field.related_model):
            errors.append(
                Error(
                    f"{field.related_model.__name__} needs a unique constraint on (organization, id), because "
                    f"{source.__name__}.{field.name} points at it.",
                    obj=field.related_model,
                    id="tenancy.E002",
                )
            )
    return errors


def _has_composite_key(model: type[models.Model]) -> bool:
    return any(
        isinstance(constraint, models.UniqueConstraint) and tuple(constraint.fields) == ("organization", "id")
        for constraint in model._meta.constraints
    )
