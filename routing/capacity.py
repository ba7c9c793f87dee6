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
from routing.models import Representative

# reference.md §1.7: untouched is Available, partly used Busy, exhausted or exceeded Do not disturb. What a person chose
# themselves holds until the next accept or close (`settled`), what is held until it is changed. `forced` is what a
# reject or a missed offer sets. NO KEY UPDATE: foreign keys that are being checked meanwhile don't wait for this.
MOVE = """
with delta as (
    select * from unnest(%(ids)s::bigint[], %(units)s::integer[], %(finished)s::integer[], %(settled)s::boolean[],
                         %(forced)s::text[], %(seen)s::text[])
        as d(id, units, finished, settled, forced, seen)
), locked as (
    select r.id, r.type, r.presence, r.presence_held, r.presence_set_by_system, r.units_used, r.total_units,
           r.is_active, r.capacity_profile_id
    from routing_representative r join delta using (id)
    where r.organization_id = %(organization)s order by r.id for no key update of r
), summed as (
    select d.*, d.units + spent.units as change, spent.units as spent
    from delta d join locked l using (id)
    left join routing_capacityprofile p on p.id = l.capacity_profile_id and p.organization_id = %(organization)s
    cross join lateral (select case when p.reset = 'end_of_day' then d.finished else 0 end as units) spent
), wanted as (
    select l.id, d.units, d.change, d.spent, l.presence as before,
        (d.forced <> '') and l.presence in ('available', 'busy', 'do_not_disturb') as held,
        case
            when l.type <> 'person' or l.presence not in ('available', 'busy', 'do_not_disturb') then l.presence
            when d.forced <> '' then d.forced
            when l.presence_held or not (l.presence_set_by_system or d.settled) then l.presence
            when l.units_used + d.change <= 0 then 'available'
            when l.units_used + d.change < l.total_units then 'busy'
            else 'do_not_disturb'
        end as presence
    from locked l join summed d using (id)
    where d.seen = '' or (l.is_active and l.presence = d.seen and l.units_used + d.change <= l.total_units)
), moved as (
    update routing_representative r set
        units_used = r.units_used + w.change,
        units_spent = r.units_spent + w.spent,
        units_return_at = case when w.spent > 0 then (
            select (date_trunc('day', %(now)s::timestamptz at time zone s.time_zone) + interval '1 day')
                at time zone s.time_zone
            from tenancy_organizationsettings s where s.organization_id = %(organization)s
        ) else r.units_return_at end,
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

    `finished` are those of the freed units whose work is done: a capacity profile may keep them until the end of the
    day. `forced` is the presence that a reject or a missed offer sets; empty when none.
    """

    units: int = 0
    finished: int = 0
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


def return_spent(*, now: datetime) -> Moved:
    """The day is over: units of finished work come back. Call inside a transaction; rows that are busy follow later."""
    over = Representative.objects.filter(units_return_at__lte=now).order_by("pk")
    spent = dict(over.select_for_update(skip_locked=True, no_key=True).values_list("pk", "units_spent"))
    moved = _run({pk: Change(-units) for pk, units in spent.items()}, {}, now)
    Representative.objects.filter(pk__in=spent).update(units_spent=0, units_return_at=None)
    return moved


def presence_following(representative: Representative) -> Presence:
    """What `MOVE` makes of somebody's presence while it follows capacity."""
    if representative.units_used <= 0:
        return Presence.AVAILABLE
    return Presence.BUSY if representative.units_used < representative.total_units else Presence.DO_NOT_DISTURB


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
                "finished": [changes[pk].finished for pk in ids],
                "settled": [changes[pk].settled for pk in ids],
                "forced": [str(changes[pk].forced) for pk in ids],
                "seen": [str(seen.get(pk, "")) for pk in ids],
                "organization": current_organization_id(),
                "now": now,
            },
        )
        rows = cursor.fetchall()
    return Moved(frozenset(pk for pk, _ in rows), frozenset(pk for pk, changed in rows if changed))
