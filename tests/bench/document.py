"""Puts the measured tables into docs/benchmarks.md, between the marks that stand there."""

import os
import platform
import re
from datetime import UTC, datetime
from pathlib import Path

from tests.bench.report import Table


def write(path: Path, tables: list[Table], load: float) -> None:
    """Replace the tables that were measured; others stay. `load` is what else the machine had to do."""
    text = path.read_text()
    for table in tables:
        begin, end = f"<!-- figures: {table.title} -->", "<!-- end -->"
        assert begin in text, f"{path} has no place for “{table.title}”."
        place = re.compile(re.escape(begin) + ".*?" + re.escape(end), re.DOTALL)
        measured = f"Measured {datetime.now(UTC):%Y-%m-%d} on {machine()}, load {load:.1f} before it began."
        found = f"{begin}\n{table.markdown()}\n{measured}\n{end}"
        # As a function, so that no character of the figures is taken for a reference.
        text = place.sub(lambda _, found=found: found, text)
    path.write_text(text)


def machine() -> str:
    gigabytes = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return f"{os.cpu_count()} cores, {gigabytes:.0f} GiB, Python {platform.python_version()}"
