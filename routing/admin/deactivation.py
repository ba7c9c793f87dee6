"""Rows that are deactivated, never deleted, and not while something needs them."""

from collections.abc import Callable
from typing import Any

from django.db import models

from contact_center.administration.forms import OrganizationForm

# Says why the row can't be deactivated now, or None; apps above this one add what they know.
Reason = Callable[[Any], str | None]
_reasons: dict[type[models.Model], list[Reason]] = {}


def keeps_active(model: type[models.Model]) -> Callable[[Reason], Reason]:
    """Register a reason why a row of the model may have to stay active."""

    def register(reason: Reason) -> Reason:
        _reasons.setdefault(model, []).append(reason)
        return reason

    return register


class DeactivatableForm(OrganizationForm):
    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.is_new and "is_active" in self.changed_data and not cleaned.get("is_active"):
            model = type(self.instance)
            # Who brings work here holds the row (routing.holding): the work is there before the reasons are asked,
            # or it waits for this and finds the row inactive. The deferred foreign key alone would let it in.
            row = model._default_manager.select_for_update(of=("self",)).get(pk=self.instance.pk)
            for reason in _reasons.get(model, ()):
                if sentence := reason(row):
                    self.add_error("is_active", sentence)
        return cleaned
