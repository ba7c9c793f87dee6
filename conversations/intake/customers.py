"""Customers as callers name them: stored or renamed with one statement, and locked until the call ends."""

from collections.abc import Iterable

from django.db import connection

from contact_center.tenancy.scope import current_organization_id
from conversations.intake.parcels import CustomerParcel
from conversations.models import Customer

# DO UPDATE locks the rows that exist already, in the order of the list: two calls about the same customer take turns,
# so that both see one ongoing persistent conversation.
UPSERT = """
insert into conversations_customer (organization_id, external_id, name, email, created_at)
select %s, given.external_id, given.name, given.email, now()
from unnest(%s::text[], %s::text[], %s::text[]) as given(external_id, name, email)
on conflict (organization_id, external_id) do update set
    name = excluded.name,
    email = case when excluded.email = '' then conversations_customer.email else excluded.email end
returning id, external_id, name, email
"""


def take_customers(parcels: Iterable[CustomerParcel]) -> dict[str, Customer]:
    """The customers by external id; the last of several parcels about one of them counts."""
    known = {parcel.external_id: parcel for parcel in parcels}
    ordered = [known[external_id] for external_id in sorted(known)]
    if not ordered:
        return {}
    organization_id = current_organization_id()
    columns = [[getattr(parcel, name) for parcel in ordered] for name in ("external_id", "name", "email")]
    with connection.cursor() as cursor:
        cursor.execute(UPSERT, [organization_id, *columns])
        rows = cursor.fetchall()
    return {
        external_id: Customer(pk=pk, organization_id=organization_id, external_id=external_id, name=name, email=email)
        for pk, external_id, name, email in rows
    }


def lock_customers(ids: Iterable[int]) -> None:
    """Customers are always locked before conversations."""
    wanted = sorted(set(ids))
    if wanted:
        list(Customer.objects.filter(pk__in=wanted).order_by("pk").select_for_update().values_list("pk"))
