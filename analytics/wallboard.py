"""The wallboard's eight tiles: figures of now and of a period, each against five minutes before."""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import OuterRef, Subquery

from analytics import rollups, samples
from analytics.figures import figure
from analytics.metrics import METRICS, Value, period_values
from analytics.metrics.live import live_values, people
from analytics.scope import Period, Scope
from analytics.thresholds import Limits, thresholds
from routing.kinds import Presence
from routing.models import PresenceChange

BEFORE = timedelta(minutes=5)
AGO = "five minutes ago"
OF_NOW = ("active", "online_representatives", "backlog", "longest_wait")
OF_PERIOD = ("service_level_20", "abandon_rate", "average_speed_to_answer")


def read(scope: Scope, period: Period) -> dict[str, Any]:
    """Plain data for the template, and for the hub to compare. At most 17 queries, whatever there is to count."""
    now, then = period.until, period.until - BEFORE
    values = live_values(scope, now) | period_values(rollups.period_sums(period, scope))
    earlier = _before(scope, then) | period_values(rollups.period_sums(_shifted(period), scope))
    limits = thresholds()
    figures = {
        name: figure(METRICS[name], values[name], limits.get(name, Limits()), before=earlier.get(name), ago=AGO).plain
        for name in (*OF_NOW, *OF_PERIOD)
    }
    longest = limits["longest_wait"]
    return {
        "figures": figures,
        "with_representatives": round(values["active_with_representatives"] or 0),
        "with_ai_agents": round(values["active_with_ai_agents"] or 0),
        "longest_since": _since(now, values["longest_wait"]),
        "longest_amber": "" if longest.at_risk is None else round(longest.at_risk),
        "longest_red": "" if longest.critical is None else round(longest.critical),
        "presence": _presence(values),
    }


def _shifted(period: Period) -> Period:
    return Period(period.since - BEFORE, period.until - BEFORE)


def _before(scope: Scope, then: datetime) -> dict[str, Value]:
    sampled = samples.at(then, scope) or {}
    return {**sampled, "online_representatives": online_at(then, scope)}


def online_at(moment: datetime, scope: Scope) -> float:
    """How many people were online then, by their presence history. One query."""
    last = PresenceChange.objects.filter(representative=OuterRef("pk"), since__lte=moment).order_by("-since")
    then = people(scope).annotate(then=Subquery(last.values("presence")[:1]))
    return float(then.filter(then__isnull=False).exclude(then=Presence.OFFLINE).count())


def _since(now: datetime, wait: Value) -> str:
    """When the longest wait began, to the second, so that the clock on the page runs by itself."""
    if wait is None:
        return ""
    return (now - timedelta(seconds=wait)).replace(microsecond=0).isoformat()


def _presence(values: dict[str, Value]) -> list[dict[str, Any]]:
    counts = [(presence, round(values[f"presence_{presence.value}"] or 0)) for presence in Presence]
    everybody = sum(count for _, count in counts) or 1
    at = 0.0
    shown = []
    for presence, count in counts:
        width = round(100 * count / everybody, 2)
        shown.append(
            {"name": presence.value, "label": str(presence.label), "count": count, "at": round(at, 2), "width": width}
        )
        at += width
    return shown
