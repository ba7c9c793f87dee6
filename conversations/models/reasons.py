"""The organization's own lists: why a supervisor force closes, and how a representative classifies."""

from typing import ClassVar

from django.db import models

from contact_center.tenancy.scope import OrganizationModel, same_organization_key


class ForceCloseReason(OrganizationModel):
    label = models.CharField(max_length=80)
    position = models.PositiveSmallIntegerField(default=0)
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering: ClassVar = ["position", "label"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organization", "label"], name="force_close_reason_once"),
            same_organization_key("force_close_reason_of_organization"),
        ]

    def __str__(self) -> str:
        return self.label


class Disposition(OrganizationModel):
    label = models.CharField(max_length=80)
    position = models.PositiveSmallIntegerField(default=0)
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering: ClassVar = ["position", "label"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organization", "label"], name="disposition_once"),
            same_organization_key("disposition_of_organization"),
        ]

    def __str__(self) -> str:
        return self.label
