"""What the guards share: two organizations with one row in every tenant table, and raw SQL as the runtime role."""

from contextlib import contextmanager

import pytest
from django.db import connection, transaction

from contact_center.tenancy.row_security import tenant_models
from tests.architecture.rows import Rows


@pytest.fixture
def full(harbor, summit):
    """Both organizations, each with a row in every tenant table; returns their makers of rows."""
    made = []
    for cast in (harbor, summit):
        with cast.scope():
            rows = Rows(cast.organization)
            for model in tenant_models():
                rows.of(model)
            made.append(rows)
    return made


@contextmanager
def raw_sql(organization_id=None):
    """A cursor of the runtime role; with an organization, as the scope sets it, but without any manager."""
    with transaction.atomic(), connection.cursor() as cursor:
        if organization_id is not None:
            cursor.execute("select set_config('app.organization_id', %s, true)", [str(organization_id)])
        yield cursor
        cursor.execute("select set_config('app.organization_id', '', true)")
