"""The figures and plots of the Ongoing conversation report, all over the very rows that its list shows."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, DateTimeField, F, Func, Min, Q, QuerySet
from django.db.models import Value as SqlValue
from django.utils import timezone

from analytics.figures import NO_VALUE, figure
from analytics.leading import IN_LIST
from analytics.metrics import METRICS
from analytics.metrics.live import aggregates, values_of
from analytics.thresholds import Limits, thresholds
from contact_center.web.plots import Bars, Course
from conversations.models import Conversation
from conversations.presenters import CHANNEL_LABELS
from conversations.sentiment import LEVELS
from conversations.states import Phase, phase_of

FIGURES = ("ongoing", "active", "backlog", "waiting", "wrap_up", "longest_wait", "sentiment")
SHOWN = tuple(METRICS[name] for name in FIGURES)
# Steps of the course, the finest that leaves at most this many points.
STEPS = tuple(timedelta(minutes=minutes) for minutes in (5, 15, 60, 240, 1440))
POINTS = 48


def read(rows: QuerySet[Conversation]) -> dict[str, Any]:
    """Plain data for the plots, and for the hub to compare. Four queries whatever the number of rows."""
    now = timezone.now()
    levels = {f"level_{level.value}": Count("pk", filter=_of_level(level)) for level in LEVELS}
    # One look at all rows, which are many: figures, sentiment and where the course begins.
    found = rows.aggregate(**aggregates(SHOWN, now), **levels, first=Min("created_at"))
    values, limits = values_of(SHOWN, found), thresholds()
    longest = values["longest_wait"]
    since = "" if longest is None else (now - timedelta(seconds=longest)).replace(microsecond=0).isoformat()
    channels, phases = _kinds(rows)
    return {
        "figures": [
            {**figure(METRICS[name], values[name], limits.get(name, Limits())).plain, "name": name} for name in FIGURES
        ],
        "longest_since": since,
        "channels": channels,
        "phases": phases,
        "sentiment": {level.value: found[f"level_{level.value}"] for level in LEVELS},
        "course": _course(rows, found["first"], now),
    }


def _kinds(rows: QuerySet[Conversation]) -> tuple[dict[str, int], dict[str, int]]:
    """How many of each channel, the most first, and of each phase."""
    channels: Counter[str] = Counter()
    phases: Counter[str] = Counter()
    grouped = rows.order_by().values_list("channel", "status", "status_reason").annotate(n=Count("pk"))
    for channel, status, reason, number in grouped:
        channels[channel] += number
        phases[phase_of(status, reason).value] += number
    by_number = sorted(channels.items(), key=lambda each: (-each[1], each[0]))
    return dict(by_number), {phase.value: phases[phase.value] for phase in Phase if phases[phase.value]}


def _of_level(level: Any) -> Q:
    return Q(sentiment_score__gte=level.least, sentiment_score__lt=level.below)


def _course(rows: QuerySet[Conversation], first: datetime | None, now: datetime) -> list[tuple[str, int]]:
    """How many of them came in when; steps in which none did count as nothing."""
    if first is None:
        return []
    step = next((step for step in STEPS if (now - first) / step <= POINTS), STEPS[-1])
    origin = datetime(2000, 1, 1, tzinfo=now.tzinfo)
    at = Func(SqlValue(step), F("created_at"), SqlValue(origin), function="date_bin", output_field=DateTimeField())
    found = dict(rows.order_by().values_list(at).annotate(n=Count("pk")))
    moment = max(first, now - step * POINTS)
    moment -= (moment - origin) % step
    course = []
    while moment <= now:
        course.append((moment.isoformat(), found.get(moment, 0)))
        moment += step
    return course


# --- For the templates ---

# The address of the report narrowed by these parts of a filter as well.
Address = Callable[[Sequence[tuple[str, str]]], str]


def plots(report: Mapping[str, Any], address: Address) -> list[dict[str, Any]]:
    """What `read` found, as plots; each bar leads to its conversations."""
    nobody = "No ongoing conversation."
    channels = [
        (CHANNEL_LABELS[name], number, address([("channel", name)])) for name, number in report["channels"].items()
    ]
    phases = [
        (str(Phase(name).label), number, address(IN_LIST[_metric_of(name)]) if name != Phase.CLOSED else "")
        for name, number in report["phases"].items()
    ]
    felt = [
        (level.label, report["sentiment"][level.value], address([("sentiment", level.value)]))
        for level in LEVELS
        if any(report["sentiment"].values())
    ]
    return [
        {"course": _over_time(report["course"])},
        {"bars": Bars("by-channel", "By channel", nobody, channels)},
        {"bars": Bars("by-status", "By status", nobody, phases)},
        {"bars": Bars("by-sentiment", "Sentiment", "No conversation with a sentiment yet.", felt)},
    ]


def with_addresses(report: Mapping[str, Any], address: Address) -> dict[str, Any]:
    """The same with where each figure leads; what counts nothing leads nowhere."""
    figures = [
        {**each, "url": address(IN_LIST[each["name"]])}
        if each["name"] in IN_LIST and each["text"] not in ("0", NO_VALUE)
        else each
        for each in report["figures"]
    ]
    return {**report, "figures": figures}


def _metric_of(phase: str) -> str:
    """Of the same conversations."""
    return "awaiting_acceptance" if phase == Phase.AWAITING else phase


def _over_time(course: list[tuple[str, int]]) -> Course:
    points = [(datetime.fromisoformat(at), (float(count),)) for at, count in course]
    counts = [count for _, count in course]
    summary = "No ongoing conversation."
    if counts:
        summary = f"{sum(counts):,} by when they were created, at most {max(counts):,} at a time."
    return Course("over-time", "Conversations over time", summary, ["Created"], points, kind="step")
