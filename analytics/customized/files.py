"""A report's figures as CSV: all its rows, with numbers that a spreadsheet reads."""

from typing import Any

from django.http import HttpRequest, StreamingHttpResponse
from django.utils import timezone

from analytics.customized import moments
from analytics.customized.dimensions import Dimension
from analytics.customized.layout import Layout
from analytics.customized.table import Line, Table
from analytics.metrics import Metric, Unit, Value
from contact_center.audit.actions import AuditAction
from contact_center.audit.record import record
from contact_center.errors import Invalid
from contact_center.tenancy.access import Actor
from contact_center.web.csv_export import moment, stream
from conversations.filters import ConversationFilter

IN_WHAT = {Unit.DURATION: " (seconds)", Unit.SHARE: " (percent)"}


def figures(request: HttpRequest, actor: Actor, shown: ConversationFilter) -> StreamingHttpResponse:
    """Raises errors.Invalid where something makes no sense: nothing is guessed. The log gets names and ids only."""
    told = zip(shown.senseless, shown.notices, strict=True)
    wrong = [notice for each, notice in told if each.name != "size" and not shown.left_out(each)]
    if wrong:
        raise Invalid(f"{wrong[0]} Nothing was exported.")
    now = timezone.now()
    table = Table.read(shown, now)
    if table.problem:
        raise Invalid(table.problem)
    record(AuditAction.EXPORTED, actor=actor, object_type="report", object_id=_id(shown), after=_told(table))
    heading = [each.label for each in table.layout.dimensions] + [_head(metric) for metric in table.layout.metrics]
    rows = [_row(line, table.layout, table.question.zone) for line in table.lines]
    name = f"report-{moment(now, actor.time_zone)[:10]}"
    return stream(request, name, actor.organization_id, heading, lambda place: (rows, None))


def _id(shown: ConversationFilter) -> int | None:
    return shown.view.id if shown.view else None


def _told(table: Table) -> dict[str, Any]:
    layout = table.layout
    return {
        "metrics": [metric.name for metric in layout.metrics],
        "by": [each.name for each in layout.dimensions],
        "rows": len(table.lines),
        **{name: list(values) for name, values in table.question.shown.values.items()},
    }


def _head(metric: Metric) -> str:
    return f"{metric.label}{IN_WHAT.get(metric.unit, '')}".replace("\u00a0", " ")


def _row(line: Line, layout: Layout, zone: str) -> list[Any]:
    keys = zip(layout.dimensions, line.key, line.labels, strict=True)
    labels = [_label(dimension, key, label, zone) for dimension, key, label in keys]
    return [*labels, *(_number(metric, line.values[metric.name]) for metric in layout.metrics)]


def _label(dimension: Dimension, key: Any, label: str, zone: str) -> str:
    return moments.in_file(dimension.time, key, zone) if dimension.time and key else label


def _number(metric: Metric, value: Value) -> float | int | str:
    if value is None:
        return ""
    number = value * 100 if metric.unit is Unit.SHARE else value
    return int(number) if number == int(number) else round(number, 2)
