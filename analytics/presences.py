"""Representatives by presence: how many, how wide a bar of all of them, and where they are listed."""

from collections.abc import Mapping
from typing import Any

from analytics.leading import Leading
from analytics.metrics import Value
from routing.kinds import Presence


def shares(values: Mapping[str, Value], leading: Leading | None = None) -> list[dict[str, Any]]:
    """`values` are those of the metrics presence_…; for analytics/_presence.html."""
    counts = [(presence, round(values[f"presence_{presence.value}"] or 0)) for presence in Presence]
    everybody = sum(count for _, count in counts) or 1
    at = 0.0
    shown = []
    for presence, count in counts:
        width = round(100 * count / everybody, 2)
        url = leading.to(f"presence_{presence.value}") if leading and count else ""
        found = {"name": presence.value, "label": str(presence.label), "count": count, "url": url}
        shown.append(found | {"at": round(at, 2), "width": width})
        at += width
    return shown
