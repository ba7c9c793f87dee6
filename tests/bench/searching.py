"""The search, in messages too: over the two million messages of one organization's past, and over its ongoing ones."""

import statistics

from tests.bench.browser import Browser
from tests.bench.data import Places
from tests.bench.past import DEEP, ONGOING, SAID_BY_ALL, SAID_RARELY
from tests.bench.report import Row, Table
from tests.real_console import Console

WARM, MEASURED = 1, 7
WORDS = {
    "A word said in one of 10,000": SAID_RARELY,
    "A word said in every one": SAID_BY_ALL,
    "A word of one subject in ten": "refund",
    "A word that nobody said": "xylophone",
}
WHERE = {"among ongoing ones": "", "closed ones too": "&status=any"}


def measure(console: Console, places: Places) -> Table:
    place = places.deep
    console.start_web()
    browser = Browser(console, f"supervisor1@{place.slug}.example")
    table = Table(
        "Search in messages",
        f"{DEEP:,} closed conversations with two messages each and {ONGOING:,} ongoing ones, in one organization. "
        f"Median of {MEASURED} whole HTTP answers of the first page, without and with what was said.",
        ("Search", "Subjects and names", "Messages too"),
    )
    for name, word in WORDS.items():
        for where, status in WHERE.items():
            paths = [place.path(f"conversations/?q={word}{status}{said}") for said in ("", "&messages=1")]
            taken = [statistics.median([browser.timed(path) for _ in range(WARM + MEASURED)][WARM:]) for path in paths]
            table.rows.append(Row((f"{name}, {where}", *(f"{each * 1000:.0f} ms" for each in taken))))
    console.stop()
    return table
