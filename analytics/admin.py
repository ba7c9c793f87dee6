"""Thresholds: from where on a figure is At risk or Critical in this organization."""

from typing import Any, ClassVar
from urllib.parse import urlencode

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from unfold.widgets import UnfoldAdminSelectWidget

from analytics.figures import limits_in_words
from analytics.metrics import METRICS, Better, Metric, Unit
from analytics.models import Threshold
from analytics.thresholds import Limits, usual
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
        chosen = JUDGED.get(self.instance.metric or self.initial.get("metric", ""))
        self.fields["at_risk"].help_text = "In the metric’s unit. Empty: it is never At risk."
        self.fields["critical"].help_text = "Empty: it is never Critical."
        if chosen is None:
            return
        # Somebody who adds one begins with what has held so far.
        limits = usual(chosen) if self.is_new else Limits(self.instance.at_risk, self.instance.critical)
        self.initial["at_risk"] = _typed(chosen, limits.at_risk)
        self.initial["critical"] = _typed(chosen, limits.critical)
        if words := limits_in_words(chosen, usual(chosen)):
            better = "Higher" if chosen.better is Better.HIGHER else "Lower"
            self.fields["metric"].help_text = f"{chosen.sentence} {better} is better. Usual: {', '.join(words)}."

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


def _typed(metric: Metric, limit: float | None) -> float | None:
    if limit is None:
        return None
    number = round(limit * 100, 4) if metric.unit is Unit.SHARE else limit
    return int(number) if number == int(number) else number


@admin.register(Threshold, site=site)
class ThresholdPage(OrganizationAdmin):
    form = ThresholdForm
    deletable = True
    fields = ("metric", "at_risk", "critical")
    list_display = ("label", "limits")
    empty_title = "The usual thresholds hold"
    empty_text = "Change one of them below, or add one for another figure."
    list_after_template = "admin/usual_thresholds.html"
    ordering: ClassVar = ["metric"]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """What holds stands on the page, also where nobody has set anything."""
        own = set(Threshold.objects.values_list("metric", flat=True))
        usual_ones = [_line(metric) for name, metric in JUDGED.items() if name not in own and _has_usual(metric)]
        answer: HttpResponse = super().changelist_view(request, {**(extra_context or {}), "usual": usual_ones})
        return answer

    @admin.display(description="Metric")
    def label(self, row: Threshold) -> str:
        return str(row)

    @admin.display(description="Thresholds")
    def limits(self, row: Threshold) -> str:
        chosen = JUDGED.get(row.metric)
        return ", ".join(limits_in_words(chosen, Limits(row.at_risk, row.critical))) if chosen else "–"


def _has_usual(metric: Metric) -> bool:
    return usual(metric) != Limits()


def _line(metric: Metric) -> dict[str, str]:
    return {
        "label": metric.label,
        "sentence": metric.sentence,
        "limits": ", ".join(limits_in_words(metric, usual(metric))),
        "url": f"{reverse('admin:analytics_threshold_add')}?{urlencode({'metric': metric.name})}",
    }
