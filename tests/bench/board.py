"""The wallboard over a million closed conversations, with 1,000 and with 100,000 ongoing ones."""

import json
import statistics

from tests.bench.browser import Browser
from tests.bench.data import LARGE, SMALL, TOTAL, Places
from tests.bench.report import Row, Table
from tests.real_console import Console

WARM, MEASURED = 3, 21
BAR_MS = 200
PERIODS = {"Last 15 minutes": "15m", "Last hour": "1h", "Last 24 hours": "24h", "Today": "today"}


def measure(console: Console, places: Places) -> Table:
    counted = json.loads(console.run("-m", "tests.bench.counting", places.small.slug, places.large.slug))
    console.start_web()
    small, large = (Browser(console, f"supervisor1@{place.slug}.example") for place in (places.small, places.large))
    table = Table(
        "Wallboard",
        f"{TOTAL:,} conversations. Median of {MEASURED} whole HTTP answers of the page with its eight tiles and their "
        f"trends. Bar: {BAR_MS} ms.",
        ("Period", f"{SMALL:,} ongoing", f"{LARGE:,} ongoing"),
    )
    for name, period in PERIODS.items():
        pairs = [
            (
                small.timed(places.small.path(f"wallboard/?period={period}")),
                large.timed(places.large.path(f"wallboard/?period={period}")),
            )
            for _ in range(WARM + MEASURED)
        ][WARM:]
        of_small, of_large = (statistics.median(column) * 1000 for column in zip(*pairs, strict=True))
        table.rows.append(Row((name, f"{of_small:.0f} ms", f"{of_large:.0f} ms"), max(of_small, of_large) <= BAR_MS))
    of_large = counted[places.large.slug]
    table.note = (
        f"Counting the past of one organization: {of_large['days']} days, {of_large['rows']:,} roll-ups in "
        f"{of_large['seconds']:.0f} s. One sample of the present: {of_large['sampling'] * 1000:.0f} ms."
    )
    console.stop()
    return table
