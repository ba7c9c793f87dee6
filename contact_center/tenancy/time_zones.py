"""The names of time zones that people may choose from."""

import zoneinfo

CONTINENTS = frozenset({"Africa", "America", "Asia", "Atlantic", "Australia", "Europe", "Pacific", "UTC"})
# Without the hundreds of aliases and technical names that the database also knows.
TIME_ZONES: list[tuple[str, str]] = [
    (name, name.replace("_", " "))
    for name in sorted(zoneinfo.available_timezones())
    if name == "UTC"
    or name.split("/")[0] in {"Africa", "America", "Asia", "Atlantic", "Australia", "Europe", "Pacific"}
]
