"""One organization's long queue of runs beside another's short one: who has little to do doesn't wait."""

import time
import uuid

import psycopg

from tests.bench.browser import Browser
from tests.bench.bulk import click_to_completed, preview, proceed, until_completed
from tests.bench.data import Places
from tests.bench.filling import Filler
from tests.bench.report import Row, Table
from tests.bench.rows import active_conversations
from tests.real_console import Console

RUNS, OF_EACH, SMALL_RUN = 20, 1_000, 10
BAR_SECONDS = 5


def measure(console: Console, places: Places) -> Table:
    busy, other = places.bulk, places.small
    console.start_worker()
    console.start_web()
    browsers = {place.slug: Browser(console, f"supervisor1@{place.slug}.example") for place in (busy, other)}
    table = Table(
        "A small run beside a long queue",
        f"Force close with a real worker (2 processes): a run of {SMALL_RUN} that is started right after {RUNS} "
        f"runs of {OF_EACH:,} of another organization. From its click until it is Completed in the database. Bar: "
        f"{BAR_SECONDS} s.",
        ("Run", "Click to Completed"),
    )
    with psycopg.connect(console.owner_url) as owner:
        filler = Filler(owner)
        alone, _ = click_to_completed(filler, browsers[other.slug], other, SMALL_RUN)
        mark = uuid.uuid4().hex[:8]
        ids = active_conversations(filler, busy, RUNS * OF_EACH, f"queued{mark}")
        keys = [
            preview(browsers[busy.slug], busy, ids[number * OF_EACH : (number + 1) * OF_EACH]) for number in range(RUNS)
        ]
        few = preview(browsers[other.slug], other, active_conversations(filler, other, SMALL_RUN, f"few{mark}"))
        begun = time.perf_counter()
        for key in keys:
            proceed(browsers[busy.slug], busy, key)
        clicked = time.perf_counter()
        proceed(browsers[other.slug], other, few)
        until_completed(owner, other, few, SMALL_RUN)
        beside = time.perf_counter() - clicked
        for key in keys:
            until_completed(owner, busy, key, OF_EACH)
        everything = time.perf_counter() - begun
    table.rows.append(Row((f"{SMALL_RUN}, nothing else to do", f"{alone:.2f} s")))
    table.rows.append(
        Row((f"{SMALL_RUN}, behind {RUNS} of {OF_EACH:,} elsewhere", f"{beside:.2f} s"), beside <= BAR_SECONDS)
    )
    table.rows.append(Row((f"All {RUNS} of {OF_EACH:,}", f"{everything:.1f} s")))
    console.stop()
    return table
