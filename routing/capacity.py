"""Capacity in units, and the presence that follows it: the only writer of `Representative.units_used`.

Every change is one statement that locks the representatives in id order and moves units and presence together, so two
workers can never book the same units, and nobody is seen Available with nothing free.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.db import connection

from contact_center.tenancy.scope import current_organization_id
from routing.kinds import Presence

# reference.md §1.7: untouched is Available, partly used Busy, exhausted or exceeded Do not disturb. What a person chose
# themselves holds until the next accept or close (`settled`), what is held until it is changed. `forced` is what a
# reject or a missed offer sets. NO KEY UPDATE: foreign keys that are being checked meanwhile don't wait for this.
MOVE = """
with delta as (
    select * from unnest(%(ids)s::bigint[], %(units)s::integer[], %(settled)s::boolean[], %(forced)s::text[],
                         %(seen)s::text[])
        as d(id, units, settled, forced, seen)
), locked as (
    select r.id, r.type, r.presence, r.presence_held, r.presence_set_by_system, r.units_used, r.total_units,
           r.is_active
    from routing_representative r join delta using (id)
    where r.organization_id = %(organization)s order by r.id for no key update of r
), wanted as (
    select l.id, d.units, l.presence as before, (d.forced <> '') and l.presence in ('available', 'busy',
           'do_not_disturb') as held,
        case
            when l.type <> 'person' or l.presence not in ('available', 'busy', 'do_not_disturb') then l.presence
            when d.forced <> '' then d.forced
            when l.presence_held or not (l.presence_set_by_system or d.settled) then l.presence
            when l.units_used + d.units <= 0 then 'available'
            when l.units_used + d.units < l.total_units then 'busy'
            else 'do_not_disturb'
        end as presence
    from locked l join delta d using (id)
    where d.seen = '' or (l.is_active and l.presence = d.seen and l.units_used + d.units <= l.total_units)
), moved as (
    update routing_representative r set
        units_used = r.units_used + w.units,
        idle_since = case when w.units < 0 then %(now)s else r.idle_since end,
        presence = w.presence,
        presence_held = r.presence_held or w.held,
        presence_since = case when w.presence <> w.before then %(now)s else r.presence_since end,
        presence_set_by_system = r.presence_set_by_system or w.presence <> w.before or w.held,
        custom_presence_id = case when w.presence <> w.before then null else r.custom_presence_id end
    from wanted w where r.id = w.id and r.organization_id = %(organization)s
    returning r.id, r.presence, w.before
), history as (
    insert into routing_presencechange (organization_id, representative_id, presence, since)
    select %(organization)s, id, presence, %(now)s from moved where presence <> before
)
select id, presence <> before from moved
"""


@dataclass(slots=True)
class Change:
    """What happens to one representative: `units` added or freed; `settled` when they accepted or closed something.

    `forced` is the presence that a reject or a missed offer sets; empty when none.
    """

    units: int = 0
    settled: bool = False
    forced: Presence | str = ""


@dataclass(frozen=True, slots=True)
class Moved:
    """Whose units were moved, and whose presence changed with them."""

    representatives: Collection[int] = ()
    presence_changed: Collection[int] = ()


@dataclass(frozen=True, slots=True)
class Wanted:
    """Units to reserve of somebody who was seen with `presence`."""

    units: int
    presence: str = field(default=Presence.AVAILABLE)


def reserve(wanted: Mapping[int, Wanted], *, now: datetime) -> Moved:
    """Book units of people who still have them free, are active and in the presence seen; nothing of the others.

    Conditional in the one statement that books, under the rows' locks: two workers never over-book anybody.
    """
    changes = {pk: Change(one.units) for pk, one in wanted.items()}
    return _run(changes, {pk: one.presence for pk, one in wanted.items()}, now)


def move(changes: Mapping[int, Change], *, now: datetime) -> Moved:
    """Add or free units of many representatives; a supervisor's and a person's own choice may exceed the total."""
    moved = {pk: one for pk, one in changes.items() if one.units or one.settled or one.forced}
    return _run(moved, {}, now)


def _run(changes: Mapping[int, Change], seen: Mapping[int, str], now: datetime) -> Moved:
    if not changes:
        return Moved()
    ids = sorted(changes)
    with connection.cursor() as cursor:
        cursor.execute(
            MOVE,
            {
                "ids": ids,
                "units": [changes[pk].units for pk in ids],
                "settled": [changes[pk].settled for pk in ids],
                "forced": [str(changes[pk].forced) for pk in ids],
                "seen": [str(seen.get(pk, "")) for pk in ids],
                "organization": current_organization_id(),
                "now": now,
            },
        )
        rows = cursor.fetchall()
    return Moved(frozenset(pk for pk, _ in rows), frozenset(pk for pk, changed in rows if changed))
