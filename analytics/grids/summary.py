"""What stands above the Representatives grid: who is there, whatever of it the table is filtered to."""

from datetime import datetime
from typing import Any

from analytics.figures import figure
from analytics.grids.cells import with_records
from analytics.grids.table import Shown
from analytics.leading import Leading
from analytics.metrics import METRICS
from analytics.metrics.live import conversation_values, ongoing, people_values
from analytics.presences import shares
from analytics.thresholds import Limits, thresholds

FIGURES = ("online_representatives", "presence_offline", "representatives_in_conversation", "units_in_use")
BUSY = ("representatives_in_conversation",)


def of_people(shown: Shown, now: datetime) -> dict[str, Any]:
    """Plain data, for the hub to compare too. Three queries."""
    scope, limits, leading = with_records(shown.narrowing.scope), thresholds(), Leading(shown.narrowing, records=True)
    values = people_values(scope, now) | conversation_values(ongoing(scope), now, BUSY)
    found = [figure(METRICS[name], values[name], limits.get(name, Limits())).plain for name in FIGURES]
    return {
        "figures": [
            {**each, "name": name, "url": leading.to(name) if values[name] else ""}
            for name, each in zip(FIGURES, found, strict=True)
        ],
        "units_in_total": round(values["units_in_total"] or 0),
        "presence": shares(values, leading),
    }
