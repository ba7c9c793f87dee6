"""The periods a viewer can choose: a length back from now, or today in the organization's time zone."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from analytics.scope import Period
from contact_center.tenancy.models import OrganizationSettings

LENGTHS = {
    "15m": ("Last 15 minutes", timedelta(minutes=15)),
    "1h": ("Last hour", timedelta(hours=1)),
    "4h": ("Last 4 hours", timedelta(hours=4)),
    "24h": ("Last 24 hours", timedelta(hours=24)),
}
TODAY = "today"
SPANS = {**{name: label for name, (label, _) in LENGTHS.items()}, TODAY: "Today"}
DEFAULT = "1h"
# A report may also look further back.
LONGER = {"7d": ("Last 7 days", timedelta(days=7)), "30d": ("Last 30 days", timedelta(days=30))}
SPANS_OF_REPORTS = {**SPANS, **{name: label for name, (label, _) in LONGER.items()}}


def period_of(span: str, now: datetime) -> Period:
    """One query for today, none otherwise."""
    if span == TODAY:
        return Period(start_of_today(now), now)
    return Period(now - {**LENGTHS, **LONGER}[span][1], now)


def start_of_today(now: datetime) -> datetime:
    """Midnight in the organization's time zone."""
    zone = OrganizationSettings.objects.values_list("time_zone", flat=True).first() or "UTC"
    return now.astimezone(ZoneInfo(zone)).replace(hour=0, minute=0, second=0, microsecond=0, fold=0)
