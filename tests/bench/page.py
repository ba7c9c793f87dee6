"""First page of All ongoing and of what it can be filtered by, at 1,000 and at 100,000 ongoing conversations."""

import html
import re
import statistics

from tests.bench.browser import Browser
from tests.bench.data import LARGE, SMALL, Places
from tests.bench.report import Row, Table
from tests.bench.rows import COMMON, RARE, Place
from tests.real_console import Console

WARM, MEASURED = 2, 15
BAR_MS, BAR_RATIO = 100, 1.5


_BUILT_IN = re.compile(
    r'class="menu__item view-choice" href="[^"]*[?]view=([a-z0-9-]+)"[^>]*>'
    r"<span>([^<]+?)(?: <small>[^<]*</small>)*</span>"
)


def built_in_views(browser: Browser, place: Place) -> dict[str, str]:
    """As the selector names them; this supervisor has no others."""
    found = _BUILT_IN.findall(browser.get(place.path("conversations/views/?list=conversations")))
    assert len(found) >= 12, "The selector lists fewer views than there are."
    return {html.unescape(name): f"view={key}" for key, name in found}


def views(place: Place) -> dict[str, str]:
    """Controls and orders by name. The queue and the person are those with the newest row."""
    return {
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
    of_all = built_in_views(large, places.large)
    for name, query in (of_all | views(places.large)).items():
        there = (of_all | views(places.small))[name]
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
