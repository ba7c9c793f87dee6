"""The wall in the database: row security, grants and same-organization foreign keys for every tenant table.

Runs after every `migrate`, on the owner's connection, and asks the models what there is, so no table can be forgotten.
"""

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.db import connections, models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.utils import CursorWrapper

from contact_center.tenancy.fields import OrganizationForeignKey, OrganizationOneToOneField
from contact_center.tenancy.scope import SETTING, OrganizationModel

# Evaluated once per statement because of the sub-select; a function call per row would be 100 times dearer.
POLICY = f"organization_id = (select nullif(current_setting('{SETTING}', true), '')::bigint)"

# Tables in which the runtime role may add rows but never change or delete one.
APPEND_ONLY = frozenset({"audit_auditevent"})


def tenant_models() -> list[type[OrganizationModel]]:
    return [model for model in apps.get_models() if issubclass(model, OrganizationModel)]


def apply_after_migrate(sender: Any, using: str, **kwargs: Any) -> None:
    """post_migrate fires once per app, when all tables stand; the work is done once, with the last app of ours."""
    if using == "owner" and sender.label == tenant_models()[-1]._meta.app_label:
        apply(connections[using])


def apply(connection: BaseDatabaseWrapper) -> None:
    """Bring grants, policies and constraints up to the models. Idempotent; three look-ups when nothing is new."""
    runtime_role = connections["default"].settings_dict["USER"]
    with connection.cursor() as cursor:
        existing = set(connection.introspection.table_names(cursor))
        for statement in [
            *_grants(cursor, runtime_role, existing),
            *_policies(cursor, existing),
            *_composite_foreign_keys(connection, cursor, existing),
            *_search_paths(cursor),
        ]:
            cursor.execute(statement)


def _grants(cursor: CursorWrapper, role: str, existing: set[str]) -> Iterator[str]:
    yield f'grant usage on schema public to "{role}"'
    yield f'grant select, insert, update, delete on all tables in schema public to "{role}"'
    yield f'grant usage, select on all sequences in schema public to "{role}"'
    for table in sorted(APPEND_ONLY & existing):
        yield f'revoke update, delete on "{table}" from "{role}"'


def _policies(cursor: CursorWrapper, existing: set[str]) -> Iterator[str]:
    cursor.execute("select tablename from pg_policies where schemaname = 'public' and policyname = 'organization_only'")
    done = {row[0] for row in cursor.fetchall()}
    cursor.execute("select relname from pg_class where relrowsecurity and relnamespace = 'public'::regnamespace")
    enabled = {row[0] for row in cursor.fetchall()}
    for model in tenant_models():
        table = model._meta.db_table
        if table in existing and table not in enabled:
            yield f'alter table "{table}" enable row level security'
        if table in existing and table not in done:
            yield f'create policy organization_only on "{table}" using ({POLICY}) with check ({POLICY})'


def _composite_foreign_keys(
    connection: BaseDatabaseWrapper, cursor: CursorWrapper, existing: set[str]
) -> Iterator[str]:
    cursor.execute("select conname from pg_constraint where contype in ('f', 'u') or conname like '%_of_organization'")
    done = {row[0] for row in cursor.fetchall()}
    for model, field in organization_foreign_keys():
        table, target = model._meta.db_table, field.related_model._meta.db_table
        name = f"{table}_{field.column}_same_organization"[:63]
        if name in done or table not in existing or target not in existing:
            continue
        yield (
            f'alter table "{table}" add constraint "{name}" foreign key (organization_id, "{field.column}") '
            f'references "{target}" (organization_id, id) deferrable initially deferred'
        )


def _search_paths(cursor: CursorWrapper) -> Iterator[str]:
    """Temporary objects come first unless they are named last: a temporary type could run code as the owner."""
    cursor.execute(
        "select oid::regprocedure::text from pg_proc where (prosecdef or prorettype = 'trigger'::regtype) "
        "and pronamespace = 'public'::regnamespace and proowner = current_user::regrole "
        "and not coalesce(proconfig::text, '') like '%pg\\_temp%'"
    )
    for (function,) in cursor.fetchall():
        yield f"alter function {function} set search_path = pg_catalog, public, pg_temp"


def organization_foreign_keys() -> Iterator[tuple[type[models.Model], models.ForeignKey]]:
    for model in tenant_models():
        for field in model._meta.local_fields:
            if isinstance(field, OrganizationForeignKey | OrganizationOneToOneField):
                yield model, field
