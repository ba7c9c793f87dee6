"""`make bench`: measures the console on this machine and prints tables; --write puts them into docs/benchmarks.md."""

import argparse
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

from contact_center.embedded import ServersUnavailable, ensure_servers
from tests.bench import board, bulk, growth, intake, live, page, queries, queued, reports, searching
from tests.bench.data import Places, prepare
from tests.bench.document import write
from tests.bench.report import Table
from tests.real_console import ROOT, Console

DATABASE, REDIS_NUMBER = "bench_console", 10
MEASUREMENTS: dict[str, Callable[[Console, Places], Table | list[Table]]] = {
    "page": page.measure,
    "queries": queries.measure,
    "growth": growth.measure,
    "board": board.measure,
    "reports": reports.measure,
    "search": searching.measure,
    "bulk": bulk.measure,
    "queued": queued.measure,
    "live": live.measure,
    "intake": intake.measure,
}


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("only", nargs="*", choices=[*MEASUREMENTS, []], help="measure these only")
    parser.add_argument("--fresh", action="store_true", help="make the million conversations anew")
    parser.add_argument("--write", action="store_true", help="put the figures into docs/benchmarks.md")
    options = parser.parse_args()
    var_dir = Path(os.environ.get("VAR_DIR") or ROOT / "var").resolve() / "bench"
    try:
        servers = ensure_servers(var_dir)
    except ServersUnavailable as reason:
        sys.stderr.write(f"{reason}\n")
        return 1
    # As in an installed image: compiled once, not with every start, which also leaves a process some megabytes larger.
    compiled = {"PYTHONDONTWRITEBYTECODE": "", "PYTHONPYCACHEPREFIX": str(var_dir / "bytecode")}
    console = Console(var_dir / "bench", servers, DATABASE, REDIS_NUMBER, variables=compiled)
    tables: list[Table] = []
    load = os.getloadavg()[0]
    try:
        begun = time.monotonic()
        places = prepare(console, fresh=options.fresh)
        say(f"The data stand after {time.monotonic() - begun:.0f} s. Load before measuring: {os.getloadavg()[0]:.2f}")
        for name in options.only or MEASUREMENTS:
            found = MEASUREMENTS[name](console, places)
            for table in found if isinstance(found, list) else [found]:
                say(f"\n{table}")
                tables.append(table)
    finally:
        console.stop()
        servers.stop()
    if options.write:
        write(ROOT / "docs" / "benchmarks.md", tables, load)
    return 0


def say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
