"""Makes one row of any tenant table from its fields alone, so that a table of tomorrow is tried as well."""

import itertools
import uuid
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone

from contact_center.tenancy.models import Organization, User
from contact_center.tenancy.scope import OrganizationField
from routing.kinds import Channel, Kind, Mode

_number = itertools.count(1)
# Fields whose first choice doesn't fit the others'.
FITTING: dict[tuple[str, str], Any] = {
    ("workstream", "kind"): Kind.MESSAGING,
    ("workstream", "channel"): Channel.LIVE_CHAT,
    ("workstream", "mode"): Mode.LIVE_CHAT,
}


class Rows:
    """One row per model, made on first use with the rows it needs. Call inside an organization's scope."""

    def __init__(self, organization: Organization) -> None:
        self.organization = organization
        self._made: dict[type[models.Model], models.Model] = {}

    def of(self, model: type[models.Model]) -> models.Model:
        if model is Organization:
            return self.organization
        if model not in self._made:
            # People are no tenant table: the first one may be anybody.
            found = None if model is User else model._default_manager.order_by("pk").first()
            self._made[model] = found or self.make(model)
        return self._made[model]

    @property
    def ids(self) -> set[int]:
        return {row.pk for row in self._made.values()}

    def make(self, model: type[models.Model]) -> models.Model:
        values = {}
        for field in model._meta.concrete_fields:
            if not (field.primary_key or isinstance(field, OrganizationField) or self._is_optional(field)):
                values[field.name] = self._value(field)
        return model._default_manager.create(**values)

    @staticmethod
    def _is_optional(field: Any) -> bool:
        return field.null or (field.has_default() and not field.unique)

    def _value(self, field: Any) -> Any:
        fitting = FITTING.get((field.model._meta.model_name, field.name))
        if fitting is not None:
            return fitting
        if isinstance(field, models.ForeignKey):
            # One membership per person: whoever makes a second one needs a second person.
            return self.make(User) if field.related_model is User else self.of(field.related_model)
        if field.choices:
            return field.choices[0][0]
        if isinstance(field, ArrayField | models.JSONField):
            return []
        if isinstance(field, models.DateTimeField):
            return timezone.now()
        if isinstance(field, models.BooleanField):
            return False
        if isinstance(field, models.UUIDField):
            return uuid.uuid4()
        if isinstance(field, models.SmallIntegerField | models.PositiveSmallIntegerField):
            return 1
        if isinstance(field, models.IntegerField):
            return next(_number)
        return f"x{next(_number)}@example.com" if isinstance(field, models.EmailField) else f"x{next(_number)}"
