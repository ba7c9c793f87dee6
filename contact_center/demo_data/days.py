"""The demo's representatives have had a day: their presences of the last 24 hours, up to what they are now.

Written last: conversations that are set back in time have moved presences at moments that are no part of anybody's day.
"""

import itertools
import random
from collections.abc import Iterator
from datetime import datetime, timedelta

from routing.kinds import Presence
from routing.models import PresenceChange, Representative

HOURS = timedelta(hours=1)
MINUTES = timedelta(minutes=1)
AVAILABLE, BUSY, AWAY, OFFLINE = Presence.AVAILABLE, Presence.BUSY, Presence.AWAY, Presence.OFFLINE
# Somebody who has gone left some time ago; of the others each has been what they are for some minutes.
GONE = (20, 90)
SINCE = (3, 25)


def write(now: datetime) -> None:
    """In the organization's scope."""
    people = list(Representative.objects.filter(type=Representative.Type.PERSON).order_by("pk"))
    PresenceChange.objects.filter(representative__in=people).delete()
    for number, person in enumerate(people):
        # The same day at every start; only the clocks differ.
        source = random.Random(f"{person.name} {number}")  # noqa: S311 - simulated data
        since = now - source.uniform(*(GONE if person.presence == OFFLINE else SINCE)) * MINUTES
        day = list(_before(since, source))
        while day[-1][0] == person.presence:
            day.pop()
        PresenceChange.objects.bulk_create(
            PresenceChange(
                representative=person,
                presence=presence,
                since=began,
                # Busy comes with the work; the rest they choose themselves.
                set_by_id=None if presence == BUSY else person.membership_id,
            )
            for presence, began in [*day, (person.presence, since)]
        )
        person.presence_since = since
    Representative.objects.bulk_update(people, ["presence_since"])


def _before(end: datetime, source: random.Random) -> Iterator[tuple[Presence, datetime]]:
    """Yesterday's end, the night, and work with breaks since."""
    yield AVAILABLE, end - 30 * HOURS
    yield OFFLINE, end - source.uniform(17, 19) * HOURS
    moment, presence = end - source.uniform(5, 7) * HOURS, AVAILABLE
    for number in itertools.count(1):
        if moment >= end:
            return
        yield presence, moment
        moment += source.uniform(12, 55) * MINUTES
        presence = (AWAY if number % 6 == 1 else BUSY) if presence == AVAILABLE else AVAILABLE
