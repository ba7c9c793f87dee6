"""What the guards share: two organizations with one row in every tenant table, and raw SQL as the runtime role."""

from contextlib import contextmanager

import pytest
from django.db import connection, connections, transaction

from contact_center.tenancy.row_security import tenant_models
from tests.architecture.rows import Rows
from tests.cast import make_cast


@pytest.fixture(scope="module")
def both(django_db_setup, django_db_blocker):
    """Both casts and their makers of rows, made once for a module; what its tests change is undone after each."""
    with django_db_blocker.unblock(), transaction.atomic():
        made = []
        for slug in ("harbor", "summit"):
            cast = make_cast(slug)
            with cast.scope():
                rows = Rows(cast.organization)
                for model in tenant_models():
                    rows.of(model)
            made.append((cast, rows))
            if slug == "harbor":
                begin_all_ids_at_one_number()
        yield made
        transaction.set_rollback(True)


def begin_all_ids_at_one_number():
    """A row of one table gets the id that rows of others get, so that a walk over few ids tries all tables.

    No transaction undoes it, and none has to: ids of other tests are as good.
    """
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "select setval(seqrelid, (select coalesce(max(last_value), 0) + 1 from pg_sequences), false)"
            " from pg_sequence"
        )


@pytest.fixture
def harbor(db, both):
    return both[0][0]


@pytest.fixture
def summit(db, both):
    return both[1][0]


@pytest.fixture
def full(db, both):
    """Both organizations, each with a row in every tenant table; returns their makers of rows."""
    return [rows for _, rows in both]


@contextmanager
def raw_sql(organization_id=None):
    """A cursor of the runtime role; with an organization, as the scope sets it, but without any manager."""
    with transaction.atomic(), connection.cursor() as cursor:
        if organization_id is not None:
            cursor.execute("select set_config('app.organization_id', %s, true)", [str(organization_id)])
        yield cursor
        cursor.execute("select set_config('app.organization_id', '', true)")
