"""The only look-ups made before an organization is known: SECURITY DEFINER functions that return ids, nothing else.

Their SQL stands in migration 0002; nothing else may look across organizations.
"""

from django.db import connection

from contact_center.tenancy.models import Organization, hash_key


def organizations_of_user(user_id: int) -> list[Organization]:
    """The active organizations the user is a member of, by name."""
    return list(
        Organization.objects.filter(pk__in=_ids("select organizations_of_user(%s)", user_id), is_active=True).order_by(
            "name"
        )
    )


def organization_of_api_key(key: str) -> int | None:
    ids = _ids("select organization_of_api_key(%s)", hash_key(key))
    return ids[0] if ids else None


def _ids(sql: str, argument: int | str) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(sql, [argument])
        return [row[0] for row in cursor.fetchall() if row[0] is not None]
