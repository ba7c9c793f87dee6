"""What grows with the number of ongoing conversations: page, counts of views and live tick, of 1 view and of 20."""

import statistics

from tests.bench.browser import Browser
from tests.bench.data import LARGE, MIDDLE, SMALL, Places
from tests.bench.live import Load, run
from tests.bench.report import Row, Table
from tests.bench.rows import Place
from tests.real_console import Console

WARM, MEASURED = 2, 11
BAR_RATIO = 1.5
SOCKETS, SECONDS = 40, 6


def measure(console: Console, places: Places) -> Table:
    sizes = (places.small, places.middle, places.large)
    table = Table(
        "Growth",
        f"The same in organizations of {SMALL:,}, {MIDDLE:,} and {LARGE:,} ongoing conversations. Pages and counts: "
        f"median of {MEASURED} whole HTTP answers. Live: {SOCKETS} sockets, 100 commits a second for {SECONDS} s, age "
        f"of the oldest change in a frame. Bar: {BAR_RATIO} × from {SMALL:,} to {LARGE:,}.",
        ("What", f"{SMALL:,}", f"{MIDDLE:,}", f"{LARGE:,}", "Ratio"),
    )
    console.start_web()
    # The second supervisor has saved twenty views, one for each queue.
    first, second = (
        [Browser(console, f"supervisor{number}@{place.slug}.example") for place in sizes] for number in (1, 2)
    )
    table.rows += [
        _row("Page, All ongoing", _pages(sizes, first, lambda place: [""]), barred=True),
        _row("Page, 20 views in turn", _pages(sizes, first, _of_queues), barred=True),
        _row("Counts of the built-in views", _pages(sizes, first, lambda place: [None])),
        _row("Counts of these and 20 saved views", _pages(sizes, second, lambda place: [None])),
    ]
    console.stop()
    for views in (1, 20):
        load = Load("", SOCKETS, views=views, seconds=SECONDS)
        found = [run(console, place, load) for place in sizes]
        name = "1 view" if views == 1 else f"{views} views"
        table.rows.append(_row(f"Live tick, {name}: p50", [each.age(0.5) for each in found]))
        table.rows.append(_row(f"Live tick, {name}: p95", [each.age(0.95) for each in found], barred=True))
        cpu = [each.cpu for each in found]
        shown = tuple(f"{each:.2f}" for each in cpu)
        table.rows.append(Row((f"CPU of the web process, {name}", *shown, f"{cpu[-1] / cpu[0]:.2f}")))
        assert all(each.equal == SOCKETS for each in found), "A viewer differs from a fresh page."
    return table


def _of_queues(place: Place) -> list[str | None]:
    return [f"queue={queue}" for queue in place.queues[:20]]


def _pages(sizes, browsers, queries) -> list[float]:
    """Medians in milliseconds; None stands for the selector of views. Turn by turn: all meet the same machine."""
    times: list[list[float]] = [[] for _ in sizes]
    for number in range(WARM + MEASURED):
        for found, place, browser in zip(times, sizes, browsers, strict=True):
            asked = queries(place)
            query = asked[number % len(asked)]
            path = place.path("conversations/views/?list=conversations" if query is None else f"conversations/?{query}")
            found.append(browser.timed(path) * 1000)
    return [statistics.median(found[WARM:]) for found in times]


def _row(name: str, figures: list[float], *, barred: bool = False) -> Row:
    ratio = figures[-1] / figures[0]
    shown = tuple(f"{each:.0f} ms" for each in figures)
    return Row((name, *shown, f"{ratio:.2f}"), ratio <= BAR_RATIO if barred else None)
