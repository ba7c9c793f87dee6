"""What the audit log may say about a change of configuration: names of fields, ids and states; no names, no texts."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models

from contact_center.tenancy.scope import OrganizationField

# Keys, hashes and secrets are no states, whatever their type.
STATE_FIELDS = (models.BooleanField, models.IntegerField, models.ForeignKey, models.DateTimeField)


@dataclass(frozen=True, slots=True)
class Change:
    """Before and after of one row and of the rows listed under it."""

    before: dict[str, Any] = field(default_factory=dict)
    after: dict[str, Any] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.before or self.after)


def is_state(model_field: Any) -> bool:
    if isinstance(model_field, OrganizationField):
        return False
    if isinstance(model_field, ArrayField):
        return bool(model_field.base_field.choices)
    return bool(model_field.choices) or isinstance(model_field, STATE_FIELDS)


def states(row: models.Model, names: Iterable[str] | None = None) -> dict[str, Any]:
    """The row's ids and states by field, or of the named fields only."""
    wanted = set(names) if names is not None else None
    return {
        each.name: plain(each.value_from_object(row))
        for each in row._meta.concrete_fields
        if is_state(each) and (wanted is None or each.name in wanted)
    }


def plain(value: Any) -> Any:
    """What JSON can carry."""
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, models.Model):
        return value.pk
    return list(value) if isinstance(value, list | tuple | set) else value


def change_of(form: Any, formsets: Iterable[Any], *, added: bool) -> Change:
    """What a submitted form of the admin changed, with the rows of its inlines."""
    before: dict[str, Any] = {}
    after: dict[str, Any] = {}
    if added:
        after.update(states(form.instance))
    elif form.changed_data:
        names = [name for name in form.changed_data if name in field_names(form.instance)]
        after.update(states(form.instance, names))
        before.update({name: plain(form.initial.get(name)) for name in after})
        if names:
            after["fields"] = sorted(names)
    for formset in formsets:
        if rows := rows_of(formset):
            after[formset.model._meta.model_name] = rows
    return Change(before, after)


def field_names(row: models.Model) -> set[str]:
    return {each.name for each in row._meta.concrete_fields}


def rows_of(formset: Any) -> dict[str, list[dict[str, Any]]]:
    rows = {
        "added": [states(row) for row in formset.new_objects],
        "changed": [{"id": row.pk, **states(row, names)} for row, names in formset.changed_objects],
        "removed": [states(row) for row in formset.deleted_objects],
    }
    return {what: listed for what, listed in rows.items() if listed}
