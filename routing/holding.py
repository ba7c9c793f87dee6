"""Keeps queues and people active while work is on its way to them."""

from django.db import connection, models

from contact_center.tenancy.scope import current_organization_id


def hold(model: type[models.Model], pk: int) -> None:
    """Until the transaction ends; many may hold the same row. Read it after this, and before conversations are locked.

    KEY SHARE waits only for FOR UPDATE, which whoever deactivates takes, and so never for capacity or a new name.
    """
    table = connection.ops.quote_name(model._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(
            f"select from {table} where organization_id = %s and id = %s for key share",
            [current_organization_id(), pk],
        )
