"""The wallboard's eight tiles: figures of now and of a period, each against five minutes before."""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import OuterRef, Subquery

from analytics import rollups, samples, spans
from analytics.figures import NO_VALUE, figure
from analytics.leading import Leading
from analytics.metrics import METRICS, Value, measures_of, period_values
from analytics.metrics.live import conversation_values, ongoing, people, people_values
from analytics.narrowing import Narrowing
from analytics.presences import shares
from analytics.scope import Period, Scope
from analytics.thresholds import Limits, thresholds
from routing.kinds import Presence
from routing.models import PresenceChange

BEFORE = timedelta(minutes=5)
AGO = "five minutes ago"
OF_NOW = ("active", "online_representatives", "backlog", "longest_wait")
OF_PERIOD = ("service_level_20", "abandon_rate", "average_speed_to_answer")
COUNTED = tuple(METRICS[name] for name in OF_PERIOD)
MEASURED = measures_of(COUNTED)
OF_CONVERSATIONS = ("active", "active_with_representatives", "active_with_ai_agents", "backlog", "longest_wait")


def read(scope: Scope, period: Period) -> dict[str, Any]:
    """Plain data for the template, and for the hub to compare. At most 15 queries, whatever there is to count."""
    now, then = period.until, period.until - BEFORE
    present = conversation_values(ongoing(scope), now, OF_CONVERSATIONS) | people_values(scope, now)
    values = present | _of_period(scope, period)
    earlier = _before(scope, then) | _of_period(scope, Period(period.since - BEFORE, then))
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
        "presence": shares(values),
    }


def _of_period(scope: Scope, period: Period) -> dict[str, Value]:
    return period_values(rollups.period_sums(period, scope, MEASURED), COUNTED)


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


def tiles(board: dict[str, Any], narrowing: Narrowing) -> dict[str, Any]:
    """For analytics/_tiles.html: what was read, and where each figure leads."""
    leading = Leading(narrowing)
    by_presence = {f"presence_{each['name']}": float(each["count"]) for each in board["presence"]}
    return {
        "board": {**board, "presence": shares(by_presence, leading)},
        "leads": {
            name: leading.to(name) for name, figure in board["figures"].items() if figure["text"] not in ("0", NO_VALUE)
        },
        "span": spans.SPANS[narrowing.span],
    }
