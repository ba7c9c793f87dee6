"""A person's presence over the last 24 hours: each stretch with who set it, as a plot with the table behind it."""

from collections import defaultdict
from datetime import datetime, timedelta

from analytics.grids.representatives import PRESENCES, THEMSELVES
from contact_center.web.plots import Stretch, Stretches
from contact_center.web.templatetags.console import duration
from routing.kinds import Presence
from routing.models import PresenceChange, Representative
from routing.presence import label_of

SHOWN = timedelta(hours=24)
# The console's own or another one: of what is past, nothing says which.
A_SYSTEM = "a system"


def history(representative: Representative, now: datetime) -> Stretches:
    """Two queries. Nothing is drawn of the time before the first change that is known."""
    since = now - SHOWN
    changes = PresenceChange.objects.filter(representative=representative).select_related(
        "custom_presence", "set_by__user"
    )
    before = changes.filter(since__lt=since).order_by("-since", "-pk")[:1]
    within = changes.filter(since__gte=since, since__lt=now).order_by("since", "pk")
    found = [*before, *within]
    ends = [*(change.since for change in found[1:]), now][: len(found)]
    items = [
        Stretch(change.presence, label_of(change), max(change.since, since), end, _set_by(change, representative))
        for change, end in zip(found, ends, strict=True)
        if end > max(change.since, since)
    ]
    return Stretches("presence-history", "Presence, last 24 hours", _summary(items), since, now, items)


def _set_by(change: PresenceChange, representative: Representative) -> str:
    if change.set_by is None:
        return A_SYSTEM
    return THEMSELVES if change.set_by_id == representative.membership_id else str(change.set_by)


def _summary(items: list[Stretch]) -> str:
    """How long each presence lasted in all."""
    lasted: dict[str, timedelta] = defaultdict(timedelta)
    for item in items:
        lasted[item.name] += item.end - item.start
    said = [f"{PRESENCES[each]} {duration(lasted[each])}" for each in Presence if each in lasted]
    return ", ".join(said) if said else "No presence is known of these hours."
