"""Queries per page: as many for 200 rows as for one."""

import json

from tests.bench.data import Places
from tests.bench.report import Row, Table
from tests.bench.rows import COMMON, Place
from tests.real_console import Console

SIZES = (1, 50, 200)


def measure(console: Console, places: Places) -> Table:
    place = places.small
    found: dict[str, list[int]] = json.loads(console.run("-m", "tests.bench.capturing", place.slug, *_queries(place)))
    table = Table(
        "Queries per page",
        "Statements of one answer, those that open the transaction and set the organization included. Bar: the same "
        "number whatever the number of rows.",
        ("Page", *("1 row" if size == 1 else f"{size} rows" for size in SIZES)),
    )
    for name, counts in found.items():
        table.rows.append(Row((name, *map(str, counts)), len(set(counts)) == 1))
    return table


def _queries(place: Place) -> list[str]:
    """A search that finds one, and one that finds a page of each size."""
    return ["q=" + f"{COMMON}+question+990", *(f"q={COMMON}&size={size}" for size in SIZES[1:])]
