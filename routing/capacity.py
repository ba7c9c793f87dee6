"""Capacity in units: the only writer of `Representative.units_used`.

Every change is one conditional statement, so two workers can never book the same units.
"""

from collections.abc import Mapping

from django.db import connection
from django.db.models import F, Value

from contact_center.tenancy.scope import current_organization_id
from routing.models import Representative


def reserve(representative_id: int, units: int, *, override: bool = False) -> bool:
    """Book units; False when there aren't enough free ones. `override` (a supervisor's) books beyond the total."""
    free = Representative.objects.filter(pk=representative_id)
    if not override:
        free = free.filter(units_used__lte=F("total_units") - Value(units))
    return free.update(units_used=F("units_used") + units) == 1


def move(deltas: Mapping[int, int]) -> None:
    """Add (or, when negative, free) units of many representatives with one statement, locked in id order."""
    changed = sorted((pk, units) for pk, units in deltas.items() if units)
    if not changed:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            """
            with delta as (select * from unnest(%s::bigint[], %s::integer[]) as d(id, units)),
            locked as (
                select r.id from routing_representative r join delta using (id)
                where r.organization_id = %s order by r.id for update of r
            )
            update routing_representative r
            set units_used = r.units_used + delta.units,
                idle_since = case when delta.units < 0 then now() else r.idle_since end
            from delta join locked using (id) where r.id = delta.id and r.organization_id = %s
            """,
            [
                [pk for pk, _ in changed],
                [units for _, units in changed],
                current_organization_id(),
                current_organization_id(),
            ],
        )
