"""Keeps queues and people active while work is on its way to them."""

from django.db import connection, models

from contact_center.tenancy.scope import current_organization_id


def hold(model: type[models.Model], *pks: int) -> set[int]:
    """Until the transaction ends; many may hold the same row. The ids of those that are active from here on.

    Whatever else is to be known of the rows is read after this. KEY SHARE waits only for FOR UPDATE, which whoever
    deactivates takes, and so never for capacity or a new name.
    """
    table = connection.ops.quote_name(model._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(
            f"select id, is_active from {table}"  # noqa: S608 - a table's own name, quoted
            " where organization_id = %s and id = any(%s) order by id for key share",
            [current_organization_id(), list(pks)],
        )
        return {pk for pk, is_active in cursor.fetchall() if is_active}
