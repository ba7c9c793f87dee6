"""Customized reports over a million closed conversations of one organization: opened, counted anew, as a file."""

import json
import statistics

from tests.bench.browser import Browser
from tests.bench.data import Places
from tests.bench.past import DAYS, DEEP, ONGOING
from tests.bench.report import Row, Table
from tests.real_console import Console

WARM, MEASURED = 1, 5
COUNTS = "metric=incoming&metric=answered&metric=abandoned&metric=closed"
REPORTS = {
    "By queue, last 24 h": f"{COUNTS}&metric=service_level_20&metric=average_speed_to_answer&by=queue&plot=incoming",
    "By day and channel, 30 days": f"{COUNTS}&metric=abandon_rate&by=day&by=channel&period=30d&plot=incoming",
    "By queue and hour, 7 days": f"{COUNTS}&by=queue&by=hour&period=7d",
    "By representative, six metrics, 7 days": "metric=answered&metric=average_speed_to_answer&metric=service_level_20"
    "&metric=stays_answered&metric=offers&metric=offers_accepted&by=representative&period=7d",
    "By representative, 30 days": "metric=answered&metric=offers&by=representative&period=30d",
    "By sentiment and day with handle time, 30 days": "metric=closed&metric=average_handle_time&by=sentiment&by=day"
    "&period=30d",
    "Ongoing now, by queue and status": "metric=ongoing&metric=backlog&metric=longest_wait&by=queue&by=status"
    "&plot=ongoing",
}


def measure(console: Console, places: Places) -> Table:
    place = places.deep
    counted = json.loads(console.run("-m", "tests.bench.counting", place.slug))[place.slug]
    refreshed = json.loads(console.run("-m", "tests.bench.refreshing", place.slug, *REPORTS.values()))
    console.start_web()
    browser = Browser(console, f"supervisor1@{place.slug}.example")
    table = Table(
        "Customized reports",
        f"One organization with {DEEP:,} closed conversations over {DAYS} days and {ONGOING:,} ongoing ones. Median of "
        f"{MEASURED} whole HTTP answers: the report, its figures as CSV, the conversations behind its first figure; "
        "beside them the counting for a live refresh. Frame: what one more conversation in a queue sends to each "
        "viewer beside the list, and what all the figures weigh.",
        ("Report", "Opened", "CSV", "Behind a figure", "Counted anew", "Frame", "All figures"),
    )
    for (name, query), anew in zip(REPORTS.items(), refreshed, strict=True):
        paths = [place.path(f"reports/{kind}?{query}") for kind in ("report/", "file/")]
        paths.append(f"{paths[0]}&figure={query.partition('=')[2].partition('&')[0]}")
        taken = [f"{_median(browser, path):.0f} ms" for path in paths]
        weights = [f"{anew[each] / 1024:.1f} KB" for each in ("frame", "all")]
        table.rows.append(Row((name, *taken, f"{anew['seconds'] * 1000:.0f} ms", *weights)))
    if counted["days"] > 1:
        table.note = f"{counted['days']} days counted: {counted['rows']:,} roll-ups in {counted['seconds']:.0f} s."
    console.stop()
    return table


def _median(browser: Browser, path: str) -> float:
    return statistics.median([browser.timed(path) for _ in range(WARM + MEASURED)][WARM:]) * 1000
