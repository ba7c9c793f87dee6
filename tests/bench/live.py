"""Live rows: from a change's commit to the frame that carries it, for many supervisors of one web process."""

import asyncio
import http.client
import json
import re
import sys
import time
from dataclasses import dataclass

import psutil

from tests.bench.browser import Browser
from tests.bench.data import Places
from tests.bench.report import Row, Table
from tests.bench.rows import Place
from tests.bench.viewer import Audience, Viewer, rows_of_page, socket_path
from tests.real_console import HOST, ROOT, Console

RATE, SECONDS, SETTLING = 100, 15, 3
BAR_200_MS, BAR_1000_MS, BAR_VIEWS_MS = 400, 700, 500
MEMORY_200, MEMORY_1000 = 150, 200
MORE = 1.1
_WAIT = 'data-kind="wait"'
_METRIC = re.compile(r"^console_live_(reads|rows_rendered)_total (\S+)$", re.MULTILINE)


@dataclass(frozen=True)
class Load:
    """Who watches what, and which rows change."""

    name: str
    sockets: int
    views: int = 1
    groups: bool = False
    bar_ms: int = 0
    memory: int = 0
    # More sockets on a view must not cost more reading and rendering.
    as_first: bool = False
    seconds: int = SECONDS


LOADS = (
    Load("Hub, 200 sockets on 1 view", 200, bar_ms=BAR_200_MS, memory=MEMORY_200),
    Load("Hub, 400 sockets on 1 view", 400, as_first=True),
    Load("Hub, 1,000 sockets on 1 view", 1000, bar_ms=BAR_1000_MS, memory=MEMORY_1000),
    Load("Hub, 200 sockets on 20 views, all hot", 200, views=20, bar_ms=BAR_VIEWS_MS),
    Load("A group for every socket, 200 sockets", 200, groups=True),
)


@dataclass
class Figures:
    """What one load came to."""

    ages: list[float]
    arrived: int
    expected: int
    equal: int
    cpu: float
    memory: float
    reads: float = 0
    rendered: float = 0

    def age(self, share: float) -> float:
        ordered = sorted(self.ages)
        return ordered[min(len(ordered) - 1, int(len(ordered) * share))] * 1000 if ordered else float("inf")


def measure(console: Console, places: Places) -> list[Table]:
    table = Table(
        "Live frames",
        f"{RATE} commits a second for {SECONDS} s, one web process. Age: from the commit of the oldest change in a "
        f"frame until the browser's side has read it. Bars for p95: {BAR_200_MS} ms at 200 sockets, {BAR_1000_MS} ms "
        f"at 1,000, {BAR_VIEWS_MS} ms on 20 views; memory {MEMORY_200} and {MEMORY_1000} MB; all viewers end equal to "
        "a fresh page; 400 sockets may cost 10% more reads and rendering than 200.",
        (
            "Load",
            "p50",
            "p95",
            "Changes that arrived",
            "Viewers equal to a fresh page",
            "CPU of the web process",
            "Memory",
            "Reads a second",
            "Rows rendered a second",
        ),
    )
    first: Figures | None = None
    for load in LOADS:
        found = run(console, places.live, load)
        first = first or found
        table.rows.append(_row(load, found, first))
    return [table]


def _row(load: Load, found: Figures, first: Figures) -> Row:
    p95, share = found.age(0.95), found.arrived / found.expected
    met = None
    if load.bar_ms:
        met = p95 <= load.bar_ms and found.equal == load.sockets and (not load.memory or found.memory <= load.memory)
    elif load.as_first:
        met = found.reads <= first.reads * MORE and found.rendered <= first.rendered * MORE
    hub = (
        f"{found.equal:,} of {load.sockets:,}",
        f"{found.reads / load.seconds:.1f}",
        f"{found.rendered / load.seconds:.0f}",
    )
    equal, reads, rendered = ("–", "–", "–") if load.groups else hub
    return Row(
        (
            load.name,
            f"{found.age(0.5):.0f} ms",
            f"{p95:.0f} ms",
            f"{share:.1%}",
            equal,
            f"{found.cpu:.2f}",
            f"{found.memory:.0f} MB",
            reads,
            rendered,
        ),
        met,
    )


def run(console: Console, place: Place, load: Load) -> Figures:
    """A fresh web process for each load, so that memory and counters are its own."""
    try:
        return _groups(console, place, load) if load.groups else _hub(console, place, load)
    finally:
        console.stop()


def _hub(console: Console, place: Place, load: Load) -> Figures:
    pid = console.start_web()
    browser = Browser(console, f"supervisor1@{place.slug}.example")
    queries = [""] if load.views == 1 else [f"queue={queue}" for queue in place.queues[: load.views]]
    pages = [rows_of_page(browser.get(f"{place.path()}?{query}")) for query in queries]
    # Only rows that show a running wait; turn by turn over the views, so that all of them are hot.
    running = [[int(id) for id, row in page.items() if _WAIT in row] for page in pages]
    ids = [id for together in zip(*running, strict=False) for id in together]
    audience = Audience(
        console, browser.cookie, [socket_path(place, queries[n % len(queries)]) for n in range(load.sockets)]
    )
    found = asyncio.run(_measure(console, place, load, pid, audience, ids))
    fresh = {socket_path(place, query): rows_of_page(browser.get(f"{place.path()}?{query}")) for query in queries}
    found.equal = sum(not viewer.lost and viewer.rows == fresh[viewer.path] for viewer in audience.viewers)
    return found


def _groups(console: Console, place: Place, load: Load) -> Figures:
    pid = console.start_web("tests.bench.plain_groups:application", settings="tests.bench.plain_settings")
    audience = Audience(console, "", ["/ws/groups/"] * load.sockets)
    return asyncio.run(_measure(console, place, load, pid, audience, list(range(1, 51))))


async def _measure(console: Console, place: Place, load: Load, pid: int, audience: Audience, ids: list[int]) -> Figures:
    await audience.come()
    await asyncio.sleep(1)
    process = psutil.Process(pid)
    before, cpu = await asyncio.to_thread(_counters, console), _cpu(process)
    begun = time.monotonic()
    committed = await _commit(console, place, load, ids)
    cpu = (_cpu(process) - cpu) / (time.monotonic() - begun)
    await asyncio.sleep(SETTLING)
    memory = process.memory_info().rss / 2**20
    after = await asyncio.to_thread(_counters, console)
    await audience.leave()
    watching = load.sockets // load.views
    found = Figures([], 0, len(committed) * watching, 0, cpu, memory)
    for viewer in audience.viewers:
        _tally(viewer, committed, found)
    found.reads, found.rendered = (after[name] - before[name] for name in ("reads", "rows_rendered"))
    return found


async def _commit(console: Console, place: Place, load: Load, ids: list[int]) -> dict[str, float]:
    order = {
        "pattern": "groups" if load.groups else "hub",
        "database_url": console.database_url,
        "redis_url": console.redis_url,
        "organization": place.id,
        "ids": ids,
        "rate": RATE,
        "count": RATE * load.seconds,
    }
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.bench.committing",
        cwd=ROOT, env=console.environment(), stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    said, _ = await child.communicate(json.dumps(order).encode() + b"\n")
    assert child.returncode == 0, "The committing process failed."
    return json.loads(said)


def _tally(viewer: Viewer, committed: dict[str, float], found: Figures) -> None:
    for at, stamps in viewer.heard:
        moments = [committed[stamp] for stamp in stamps if stamp in committed]
        if moments:
            found.arrived += len(moments)
            found.ages.append(at - min(moments))


def _cpu(process: psutil.Process) -> float:
    times = process.cpu_times()
    return times.user + times.system


def _counters(console: Console) -> dict[str, float]:
    """The hub's own figures, as /metrics tells them."""
    connection = http.client.HTTPConnection(HOST, console.port, timeout=30)
    connection.request("GET", "/metrics")
    text = connection.getresponse().read().decode()
    connection.close()
    found = dict.fromkeys(("reads", "rows_rendered"), 0.0)
    return found | {name: float(value) for name, value in _METRIC.findall(text)}
