"""First page of All ongoing and of what it can be filtered by, at 1,000 and at 100,000 ongoing conversations."""

import statistics

from conversations.saved_views.builtin import BUILT_IN
from tests.bench.browser import Browser
from tests.bench.data import COMMON, LARGE, RARE, SMALL, Place, Places
from tests.bench.report import Row, Table
from tests.real_console import Console

WARM, MEASURED = 2, 15
BAR_MS, BAR_RATIO = 100, 1.5


def views(place: Place) -> dict[str, str]:
    """Every built-in view, and controls and orders, by name. The queue and the person are those with the newest row."""
    return {
        **{view.name: f"view={view.key}" if view.query else "" for view in BUILT_IN["conversations"]},
        "Status Open": "status=open",
        "Status Active": "status=active",
        "Status any, Closed included": "status=any",
        "Channel Live chat": "channel=live_chat",
        "One queue": f"queue={place.queues[3]}",
        "Two queues, Active": f"queue={place.queues[3]}&queue={place.queues[4]}&status=active",
        "One representative": f"representative={place.representatives[7]}",
        "Nobody assigned": "representative=none",
        "Search, a rare word": f"q={RARE}",
        "Search, a word in every row": f"q={COMMON}",
        "Search, one in ten": "q=refund",
        "Search without a match": "q=xylophone",
        "By subject": "sort=subject",
        "By customer": "sort=customer",
        "By wait, all ongoing": "sort=-wait",
        "By queue": "sort=queue",
        "By representative": "sort=representative",
        "By status": "sort=status",
        "Oldest first": "sort=created",
        "200 rows": "size=200",
    }


# Orders of columns that no index serves: they cost what sorting costs, and stand beside without a bar.
SORTED = frozenset({"By wait, all ongoing", "By queue", "By representative", "By status"})


def measure(console: Console, places: Places) -> Table:
    console.start_web()
    large, small = (Browser(console, f"supervisor1@{place.slug}.example") for place in (places.large, places.small))
    table = Table(
        "First page of All ongoing",
        f"Median of {MEASURED} whole HTTP answers. Bars: {BAR_MS} ms and {BAR_RATIO} ×.",
        ("View", f"{SMALL:,} ongoing", f"{LARGE:,} ongoing", "Ratio"),
    )
    worst = ("", 0.0)
    for name, query in views(places.large).items():
        there = views(places.small)[name]
        at_small = f"{places.small.path()}?{there}"
        at_large = f"{places.large.path()}?{query}"
        pairs = [(small.timed(at_small), large.timed(at_large)) for _ in range(WARM + MEASURED)][WARM:]
        of_small, of_large = (statistics.median(column) * 1000 for column in zip(*pairs, strict=True))
        ratio = of_large / of_small
        met = None if name in SORTED else of_large <= BAR_MS and ratio <= BAR_RATIO
        table.rows.append(Row((name, f"{of_small:.0f} ms", f"{of_large:.0f} ms", f"{ratio:.2f}"), met))
        if of_large > worst[1]:
            worst = (query, of_large)
    plan = console.run("-m", "tests.bench.explain", places.large.slug, worst[0])
    (console.home / "worst_page.txt").write_text(plan)
    table.note = f"Plan of the slowest one: {console.home / 'worst_page.txt'}"
    console.stop()
    return table
