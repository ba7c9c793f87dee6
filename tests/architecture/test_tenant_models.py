"""Every tenant table, today's and tomorrow's: its model, its wall in the database, its keys."""

import psycopg
import pytest
from django.apps import apps
from django.db import IntegrityError, ProgrammingError, connection, models, transaction

from contact_center.tenancy import inspection
from contact_center.tenancy.row_security import APPEND_ONLY, organization_foreign_keys, tenant_models
from contact_center.tenancy.scope import OrganizationManager, OrganizationModel, organization_scope
from tests.architecture.conftest import raw_sql

MODELS = sorted(tenant_models(), key=lambda model: model._meta.label)
KEYS = [(model, field) for model, field in organization_foreign_keys()]

OURS = frozenset({"contact_center", "routing", "conversations", "bulk_actions", "analytics"})
# Apps of ours with a table that is no tenant's.
NO_TENANT_TABLES = {
    "tenancy.User": "a person may belong to several organizations",
    "tenancy.Organization": "the tenant itself; what is confidential stands in its settings",
}
UNIQUE_ACROSS = {
    "tenancy.ApiKey.key_hash": "a key is looked up before its organization is known",
    "routing.WorkStream.chat_key": "a chat page is looked up before its organization is known",
    "routing.Representative.membership": "a membership belongs to one organization already",
}
# Indexes that don't begin with the organization.
INDEXES_ACROSS: dict[str, str] = {}


def label(value):
    if isinstance(value, tuple):
        return f"{value[0]._meta.label}.{value[1].name}"
    return value._meta.label if isinstance(value, type) else str(value)


# --- Models ---


def test_every_table_of_ours_belongs_to_an_organization_or_is_known_not_to():
    ours = {model._meta.label for model in apps.get_models() if model.__module__.partition(".")[0] in OURS}
    assert ours - {model._meta.label for model in MODELS} == set(NO_TENANT_TABLES)


@pytest.mark.parametrize("model", MODELS, ids=label)
def test_the_organization_is_never_empty(model):
    assert model._meta.get_field("organization").null is False


@pytest.mark.parametrize("model", MODELS, ids=label)
def test_the_managers_raise_without_an_organization(model):
    assert [type(manager) for manager in model._meta.managers] == [OrganizationManager]
    assert isinstance(model._default_manager, OrganizationManager)


def test_through_tables_are_tenant_tables_too():
    plain = [
        f"{model._meta.label}.{field.name}"
        for model in MODELS
        for field in model._meta.local_many_to_many
        if not issubclass(field.remote_field.through, OrganizationModel)
    ]
    assert plain == []


def test_unique_values_begin_with_the_organization():
    across = {}
    for model in MODELS:
        for field in model._meta.local_fields:
            if field.unique and not field.primary_key:
                across[f"{model._meta.label}.{field.name}"] = field
        for constraint in model._meta.constraints:
            if isinstance(constraint, models.UniqueConstraint) and constraint.fields[:1] != ("organization",):
                across[f"{model._meta.label}.{constraint.name}"] = constraint
        assert not model._meta.unique_together
    assert set(across) == set(UNIQUE_ACROSS)


def _first_of(index):
    """The column that an index begins with, "" where that is an expression over one."""
    if index.expressions:
        return getattr(index.expressions[0], "name", "")
    return next(iter(index.fields), "")


def test_indexes_begin_with_the_organization():
    across = {
        f"{model._meta.label}.{index.name}"
        for model in MODELS
        for index in model._meta.indexes
        if _first_of(index) != "organization"
    }
    assert across == set(INDEXES_ACROSS)


# --- The wall in the database ---


@pytest.mark.django_db
@pytest.mark.parametrize("title", inspection.CHECKS)
def test_the_database_has_no_hole(title):
    with connection.cursor() as cursor:
        assert list(inspection.CHECKS[title](cursor)) == []


def test_there_is_a_row_in_every_tenant_table_to_try_it_with(full):
    """The tests below prove nothing about an empty table."""
    for rows in full:
        with raw_sql(rows.organization.pk) as cursor:
            empty = [model._meta.label for model in MODELS if count(cursor, model) == 0]
        assert empty == []


def count(cursor, model, where="true"):
    cursor.execute(f'select count(*) from "{model._meta.db_table}" where {where}')
    return cursor.fetchone()[0]


def test_raw_sql_without_an_organization_sees_nothing(full):
    with raw_sql() as cursor:
        assert {model._meta.label: count(cursor, model) for model in MODELS if count(cursor, model)} == {}


def test_raw_sql_with_an_organization_sees_only_its_rows(full):
    for rows in full:
        with raw_sql(rows.organization.pk) as cursor:
            foreign = [m._meta.label for m in MODELS if count(cursor, m, f"organization_id <> {rows.organization.pk}")]
        assert foreign == []


@pytest.mark.parametrize("model", MODELS, ids=label)
def test_no_row_can_be_written_into_a_foreign_organization(full, model):
    harbor, summit = full
    table = model._meta.db_table
    with raw_sql(harbor.organization.pk) as cursor:
        with refused(cursor, "row-level security"):
            cursor.execute(f'insert into "{table}" (organization_id) values (%s)', [summit.organization.pk])
        if table not in APPEND_ONLY:
            with refused(cursor, "row-level security"):
                cursor.execute(f'update "{table}" set organization_id = %s', [summit.organization.pk])


@pytest.mark.parametrize("model", MODELS, ids=label)
def test_foreign_rows_can_be_neither_changed_nor_deleted(full, model):
    harbor, summit = full
    table = model._meta.db_table
    if table in APPEND_ONLY:
        pytest.skip("nobody changes or deletes these, see the audit log's own tests")
    with raw_sql(harbor.organization.pk) as cursor:
        cursor.execute(f'update "{table}" set organization_id = organization_id')
        changed = cursor.rowcount
        assert changed == count(cursor, model)
    with raw_sql(summit.organization.pk) as cursor:
        before = count(cursor, model)
    with transaction.atomic(), raw_sql(harbor.organization.pk) as cursor:
        cursor.execute(f'delete from "{table}" where organization_id = %s', [summit.organization.pk])
        assert cursor.rowcount == 0
    with raw_sql(summit.organization.pk) as cursor:
        assert count(cursor, model) == before


@pytest.mark.parametrize("model", MODELS, ids=label)
def test_writing_without_an_organization_is_refused(full, model):
    harbor, _ = full
    with raw_sql() as cursor, refused(cursor, "row-level security"):
        cursor.execute(f'insert into "{model._meta.db_table}" (organization_id) values (%s)', [harbor.organization.pk])


@pytest.mark.parametrize("key", KEYS, ids=label)
def test_no_row_can_point_at_a_row_of_another_organization(full, key):
    harbor, summit = full
    model, field = key
    table = model._meta.db_table
    with organization_scope(summit.organization.pk):
        foreign = summit.make(field.related_model).pk
    with raw_sql(harbor.organization.pk) as cursor:
        sql = (
            f'update "{table}" set "{field.column}" = {foreign} where id = (select min(id) from "{table}");'
            "set constraints all immediate"
        )
        with pytest.raises(IntegrityError) as error, transaction.atomic():
            cursor.execute(sql)
        # A rule about states may come first; that the key itself stands is checked in the catalogue above.
        assert isinstance(error.value.__cause__, psycopg.errors.ForeignKeyViolation | psycopg.errors.CheckViolation)


class refused:
    """The statement fails with a message that contains the words, and the transaction goes on."""

    def __init__(self, cursor, words):
        self.words = words

    def __enter__(self):
        self.savepoint = transaction.atomic()
        self.savepoint.__enter__()

    def __exit__(self, kind, error, traceback):
        self.savepoint.__exit__(kind, error, traceback)
        assert kind is not None, "the statement was let through"
        assert issubclass(kind, ProgrammingError), error
        assert self.words in str(error), error
        return True


# --- The runtime role ---


@pytest.mark.django_db
def test_the_runtime_role_cannot_become_the_owner():
    with raw_sql() as cursor:
        cursor.execute("select tableowner from pg_tables where tablename = 'tenancy_membership'")
        (owner,) = cursor.fetchone()
        cursor.execute("select current_user")
        assert cursor.fetchone()[0] != owner
        with refused(cursor, "permission denied"):
            cursor.execute(f'set role "{owner}"')


@pytest.mark.django_db
@pytest.mark.parametrize("model", MODELS, ids=label)
def test_the_runtime_role_cannot_truncate_or_open_a_table(model):
    table = model._meta.db_table
    with raw_sql() as cursor:
        with refused(cursor, "permission denied"):
            cursor.execute(f'truncate "{table}" cascade')
        with refused(cursor, "must be owner"):
            cursor.execute(f'alter table "{table}" disable row level security')


@pytest.mark.django_db
def test_a_temporary_type_cannot_run_code_as_the_owner():
    """Search functions cast to `tsquery`; a temporary type of that name must not come before the real one."""
    with raw_sql() as cursor:
        cursor.execute(
            "create function pg_temp.whoami(text) returns boolean language plpgsql as $$ begin "
            "raise exception 'ran as %', current_user; end $$"
        )
        cursor.execute("create domain pg_temp.tsquery as text check (pg_temp.whoami(value))")
        cursor.execute("select * from search_conversations('word', false, 10)")
        assert cursor.fetchall() == []
        cursor.execute("select * from search_messages('word', false, 10, 10)")
        assert cursor.fetchall() == []
        cursor.execute("drop domain pg_temp.tsquery; drop function pg_temp.whoami(text)")
