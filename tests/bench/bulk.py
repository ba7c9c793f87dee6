"""Force close of many: from the click on Proceed to Completed, against the bare SQL of the same changes."""

import re
import statistics
import time
import uuid
from collections.abc import Sequence

import psycopg

from tests.bench.bare import bare_sql
from tests.bench.browser import Browser
from tests.bench.data import Places
from tests.bench.filling import Filler
from tests.bench.report import Row, Table
from tests.bench.rows import Place, active_conversations
from tests.bench.viewer import Watching
from tests.real_console import Console

SIZES = (250, 500, 1000)
REPEATS = 5
BAR = 10
# Doubling the number may cost this much more than double, on a machine that does other things too.
LINEAR = 1.25
_KEY = re.compile(r'name="run_key" value="([^"]+)"')
# What a force close writes to, and the column that finds its rows.
WRITTEN = {
    "conversations_conversation": "id",
    "conversations_session": "conversation_id",
    "conversations_queuesegment": "conversation_id",
    "conversations_participant": "conversation_id",
    "conversations_message": "conversation_id",
    "conversations_outboxentry": "conversation_id",
    "conversations_notification": "conversation_id",
    "audit_auditevent": "conversation_id",
}


def measure(console: Console, places: Places) -> list[Table]:
    place = places.bulk
    console.start_worker()
    console.start_web()
    browser = Browser(console, f"supervisor1@{place.slug}.example")
    table = Table(
        "Force close of many",
        f"Median of {REPEATS}: HTTP POST of Proceed until the run is Completed in the database, with a real worker (2 "
        "processes), audit, notices, outbox and a supervisor watching the list; beside it the same rows in one "
        f"transaction of bare SQL as the same role. Bar: {BAR} ×, and linear.",
        ("Conversations", "Click to Completed", "Bare SQL", "Ratio", "Per conversation"),
    )
    with psycopg.connect(console.owner_url) as owner, Watching(console, place, browser.cookie) as watching:
        filler = Filler(owner)
        click_to_completed(filler, browser, place, 50)  # the worker's first task imports what it needs
        before = None
        for size in SIZES:
            runs, bare = [], []
            for _ in range(REPEATS):
                ids = active_conversations(filler, place, size, "bulk")
                bare.append(bare_sql(console, filler, place, ids))
                by_hand = rows_written(owner, place, ids)
                seconds, ids = click_to_completed(filler, browser, place, size)
                runs.append(seconds)
                assert rows_written(owner, place, ids) == by_hand, "The bare SQL does not write the same rows."
            each = statistics.median(runs), statistics.median(bare)
            ratio = each[0] / each[1]
            linear = before is None or each[0] <= before * 2 * LINEAR
            table.rows.append(
                Row(
                    (
                        f"{size:,}",
                        f"{each[0] * 1000:.0f} ms",
                        f"{each[1] * 1000:.0f} ms",
                        f"{ratio:.1f}",
                        f"{each[0] / size * 1000:.2f} ms",
                    ),
                    ratio <= BAR and linear,
                )
            )
            before = each[0]
        assert watching.frames > len(SIZES), "Nobody saw the rows leave."
    console.stop()
    return [table]


def click_to_completed(filler: Filler, browser: Browser, place: Place, size: int) -> tuple[float, list[int]]:
    ids = active_conversations(filler, place, size, f"bulk{uuid.uuid4().hex[:8]}")
    key = preview(browser, place, ids)
    begun = time.perf_counter()
    proceed(browser, place, key)
    until_completed(filler.connection, place, key, size)
    return time.perf_counter() - begun, ids


def preview(browser: Browser, place: Place, ids: Sequence[int]) -> str:
    """The key of the run that Proceed would start."""
    dialog = browser.post(place.path("conversations/actions/force_close/"), [("id", f"{id}:1") for id in ids])
    return _KEY.search(dialog)[1]


def proceed(browser: Browser, place: Place, key: str) -> None:
    fields = {"run_key": key, "reason": str(place.reason), "note": ""}
    browser.post(place.path("conversations/actions/force_close/start/"), fields)


def until_completed(connection: psycopg.Connection, place: Place, key: str, size: int) -> None:
    begun = time.perf_counter()
    while True:
        status, succeeded = connection.execute(
            "select status, succeeded from bulk_actions_bulkaction where organization_id = %s and key = %s",
            [place.id, key],
        ).fetchone()
        connection.commit()
        if status not in ("previewed", "queued", "running"):
            break
        assert time.perf_counter() - begun < 240, "The run does not end."
        time.sleep(0.002)
    assert (status, succeeded) == ("completed", size), f"{status}, {succeeded} of {size}"


def rows_written(owner: psycopg.Connection, place: Place, ids: Sequence[int]) -> dict[str, int]:
    found = {
        table: owner.execute(
            f"select count(*) from {table} where organization_id = %s and {column} = any(%s)",
            [place.id, ids],
        ).fetchone()[0]
        for table, column in WRITTEN.items()
    }
    owner.commit()
    return found
