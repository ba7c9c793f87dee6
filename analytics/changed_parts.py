"""Of figures that stand beside a live list, the parts that differ from what its viewers have: nothing is sent twice."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.template.loader import render_to_string

Plots = Sequence[Mapping[str, Any]]


def changed_plots(old: Plots, new: Plots) -> str:
    """The plots that changed; both have the same ones, in the same order."""
    changed = [plot for before, plot in zip(old, new, strict=True) if before != plot]
    return "".join(_part("components/_any_plot.html", plot=plot) for plot in changed)


def changed_numbers(context: Mapping[str, Any]) -> str:
    """The figures of the report."""
    return _part("analytics/_report_numbers.html", **context)


def changed_figures(old: Mapping[str, Any], new: Mapping[str, Any], context: Mapping[str, Any]) -> str:
    """The rows and plots of a customized report that changed; everything where rows came or went."""
    if _shape(old) != _shape(new):
        return _part("analytics/customized/_figures.html", **context)
    rows = new["rows"] if context["dimensions"] else ()
    changed = [row for before, row in zip(old["rows"], rows, strict=False) if before != row]
    text = changed_plots(old["plots"], new["plots"])
    text += "".join(_part("analytics/customized/_row.html", row=row) for row in changed)
    if old["total"] != new["total"]:
        text += _part("analytics/customized/_total.html", total=new["total"], dimensions=context["dimensions"])
    return text


def _shape(figures: Mapping[str, Any]) -> tuple[object, ...]:
    return len(figures["rows"]), len(figures["plots"]), bool(figures["total"]), figures["left_out"], figures["problem"]


def _part(template: str, **context: Any) -> str:
    return render_to_string(template, {**context, "out_of_band": True}).strip()
