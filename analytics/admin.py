"""Thresholds: from where on a figure is At risk or Critical in this organization."""

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from unfold.widgets import UnfoldAdminSelectWidget

from analytics.figures import limits_in_words
from analytics.metrics import METRICS, Better, Metric, Unit
from analytics.models import Threshold
from analytics.thresholds import Limits
from contact_center.administration.base import OrganizationAdmin
from contact_center.administration.forms import OrganizationForm
from contact_center.administration.site import site

IN_WHAT = {Unit.COUNT: "number", Unit.DURATION: "seconds", Unit.SHARE: "percent", Unit.SCORE: "0 to 100"}
JUDGED = {name: metric for name, metric in METRICS.items() if metric.better is not Better.NEITHER}
CHOICES = sorted(((name, f"{each.label} ({IN_WHAT[each.unit]})") for name, each in JUDGED.items()), key=lambda c: c[1])
ORDER = "For this metric {better} is better, so Critical must be {side} than At risk."


class ThresholdForm(OrganizationForm):
    """Shares are typed as percents."""

    metric = forms.ChoiceField(choices=CHOICES, widget=UnfoldAdminSelectWidget)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen = JUDGED.get(self.instance.metric)
        if chosen and chosen.unit is Unit.SHARE:
            for name in ("at_risk", "critical"):
                value = getattr(self.instance, name)
                self.initial[name] = None if value is None else round(value * 100, 4)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        chosen = JUDGED.get(cleaned.get("metric", ""))
        if chosen is None:
            return cleaned
        for name in ("at_risk", "critical"):
            self._check(name, cleaned, chosen)
        at_risk, critical = cleaned.get("at_risk"), cleaned.get("critical")
        if at_risk is not None and critical is not None:
            higher = chosen.better is Better.HIGHER
            if critical > at_risk if higher else critical < at_risk:
                words = {"better": "higher", "side": "lower"} if higher else {"better": "lower", "side": "higher"}
                self.add_error("critical", ORDER.format(**words))
        return cleaned

    def _check(self, name: str, cleaned: dict[str, Any], chosen: Metric) -> None:
        value = cleaned.get(name)
        if value is None:
            return
        if value < 0 or (chosen.unit in (Unit.SHARE, Unit.SCORE) and value > 100):
            self.add_error(name, f"Type a {IN_WHAT[chosen.unit]} that can be reached.")
        elif chosen.unit is Unit.SHARE:
            cleaned[name] = value / 100


@admin.register(Threshold, site=site)
class ThresholdPage(OrganizationAdmin):
    form = ThresholdForm
    deletable = True
    fields = ("metric", "at_risk", "critical")
    list_display = ("label", "limits")
    ordering: ClassVar = ["metric"]

    @admin.display(description="Metric")
    def label(self, row: Threshold) -> str:
        return JUDGED[row.metric].label if row.metric in JUDGED else row.metric

    @admin.display(description="Thresholds")
    def limits(self, row: Threshold) -> str:
        chosen = JUDGED.get(row.metric)
        return ", ".join(limits_in_words(chosen, Limits(row.at_risk, row.critical))) if chosen else "–"
