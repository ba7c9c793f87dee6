"""Looks at the walls from inside the database, as the role the console runs as: what stands, and where it is open.

Each check returns the holes it found, as sentences; `manage.py check_tenancy` and the guard tests ask the same ones.
"""

from collections.abc import Callable, Iterator
from typing import Any

from django.db import connection, connections, models
from django.db.backends.utils import CursorWrapper

from contact_center.tenancy.models import Organization
from contact_center.tenancy.row_security import APPEND_ONLY, organization_foreign_keys, tenant_models
from contact_center.tenancy.scope import organization_scope

# How PostgreSQL writes row_security.POLICY down.
POLICY_AS_STORED = (
    "(organization_id = ( SELECT (NULLIF(current_setting('app.organization_id'::text, true), ''::text))::bigint "
    'AS "nullif"))'
)
# The only ways to look across organizations, each with its reason. They return ids, nothing else.
SECURITY_DEFINERS: dict[str, str] = {
    "organizations_of_user": "the memberships of whoever signs in",
    "organization_of_api_key": "the organization behind a bearer key",
    "organization_of_chat_key": "the organization behind a customer's chat page",
    "organizations_with_due_conversations": "whose timers and offers are due",
    "organizations_with_due_representatives": "whose people lost their desk, or get units back",
    "organizations_with_monitoring": "whose monitoring may have ended with a lost browser or right",
    "organizations_with_due_outbox": "whose deliveries are due",
    "organizations_with_due_sentiment": "whose customers wrote since their sentiment was computed",
    "organizations_with_work_to_dispatch": "whose open work waits for an offer",
    "organizations_with_old_approvals": "whose runs waited too long for an approval",
    "organizations_with_unfinished_runs": "whose runs go on after a crash",
    "organizations_with_old_previews": "whose forgotten previews are cleared away",
    "search_conversations": "text search with its index, filtered by the organization in scope itself",
    "search_messages": "the same over what was said",
}
READ_AND_WRITE = frozenset({"SELECT", "INSERT", "UPDATE", "DELETE"})

Check = Callable[[CursorWrapper], Iterator[str]]


def rows_of(cursor: CursorWrapper, sql: str, *arguments: Any) -> list[tuple[Any, ...]]:
    cursor.execute(sql, arguments)
    return list(cursor.fetchall())


def tenant_tables() -> list[str]:
    return sorted(model._meta.db_table for model in tenant_models())


def every_tenant_table_has_its_policy(cursor: CursorWrapper) -> Iterator[str]:
    on = dict(
        rows_of(
            cursor,
            "select relname, relrowsecurity from pg_class c join pg_namespace n on n.oid = c.relnamespace "
            "where n.nspname = 'public' and c.relkind in ('r', 'p')",
        )
    )
    policies: dict[str, list[tuple[Any, ...]]] = {}
    for table, *policy in rows_of(
        cursor,
        "select tablename, policyname, permissive, cmd, roles::text, qual, with_check from pg_policies "
        "where schemaname = 'public'",
    ):
        policies.setdefault(table, []).append(tuple(policy))
    expected = ("organization_only", "PERMISSIVE", "ALL", "{public}", POLICY_AS_STORED, POLICY_AS_STORED)
    for table in tenant_tables():
        if not on.get(table):
            yield f"{table}: row security is off."
        if policies.get(table) != [expected]:
            yield f"{table}: its only policy must be organization_only, for reading and writing."


def no_table_stands_outside(cursor: CursorWrapper) -> Iterator[str]:
    """A table with an organization that no model speaks of would get no policy."""
    found = rows_of(
        cursor,
        "select c.relname, a.attnotnull from pg_attribute a join pg_class c on c.oid = a.attrelid "
        "join pg_namespace n on n.oid = c.relnamespace where n.nspname = 'public' and c.relkind in ('r', 'p') "
        "and a.attname = 'organization_id' and not a.attisdropped",
    )
    for table, not_null in sorted(found):
        if table not in tenant_tables():
            yield f"{table}: has an organization but belongs to no tenant model."
        elif not not_null:
            yield f"{table}: its organization may be empty."


def no_view_looks_past_the_policies(cursor: CursorWrapper) -> Iterator[str]:
    """A view reads with its owner's rights, whom row security doesn't bind."""
    for (name,) in rows_of(
        cursor,
        "select c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname = 'public' "
        "and c.relkind in ('v', 'm') and not coalesce(c.reloptions::text, '') like '%%security_invoker=true%%'",
    ):
        yield f"{name}: a view without security_invoker reads every organization."


def the_runtime_role_is_weak(cursor: CursorWrapper) -> Iterator[str]:
    (role, is_super, bypasses, creates_roles, creates_databases) = rows_of(
        cursor,
        "select rolname, rolsuper, rolbypassrls, rolcreaterole, rolcreatedb from pg_roles where rolname = current_user",
    )[0]
    for attribute, held in {
        "is a superuser": is_super,
        "bypasses row security": bypasses,
        "may create roles": creates_roles,
        "may create databases": creates_databases,
    }.items():
        if held:
            yield f"{role}: {attribute}."
    for (other,) in rows_of(
        cursor,
        "select rolname from pg_roles where rolname <> current_user and pg_has_role(current_user, oid, 'member')",
    ):
        yield f"{role}: may act as {other}."
    for (owned,) in rows_of(
        cursor,
        "select relname from pg_class where relowner = (select oid from pg_roles where rolname = current_user) "
        "and relpersistence <> 't' union select nspname from pg_namespace where nspowner = "
        "(select oid from pg_roles where rolname = current_user) and nspname not like 'pg_%%'",
    ):
        yield f"{role}: owns {owned}."
    if rows_of(cursor, "select has_schema_privilege('public', 'create')")[0][0]:
        yield f"{role}: may create tables and functions."


def the_runtime_role_may_read_and_write_only(cursor: CursorWrapper) -> Iterator[str]:
    held: dict[str, set[str]] = {}
    for table, privilege in rows_of(
        cursor,
        "select c.relname, p.name from pg_class c join pg_namespace n on n.oid = c.relnamespace "
        "cross join unnest(array['SELECT','INSERT','UPDATE','DELETE','TRUNCATE','REFERENCES','TRIGGER']) as p(name) "
        "where n.nspname = 'public' and c.relkind in ('r', 'p') and has_table_privilege(c.oid, p.name)",
    ):
        held.setdefault(table, set()).add(privilege)
    for table, privileges in sorted(held.items()):
        allowed = {"SELECT", "INSERT"} if table in APPEND_ONLY else READ_AND_WRITE
        if more := privileges - allowed:
            yield f"{table}: the runtime role also has {', '.join(sorted(more))}."


def keys_between_tenant_tables_carry_the_organization(cursor: CursorWrapper) -> Iterator[str]:
    """By columns and not by name, which PostgreSQL may have cut off."""
    found = rows_of(
        cursor,
        "select s.relname, t.relname, c.convalidated, "
        "(select array_agg(a.attname::text order by k.position) from unnest(c.conkey) with ordinality "
        "as k(number, position) join pg_attribute a on a.attrelid = c.conrelid and a.attnum = k.number), "
        "(select array_agg(a.attname::text order by k.position) from unnest(c.confkey) with ordinality "
        "as k(number, position) join pg_attribute a on a.attrelid = c.confrelid and a.attnum = k.number) "
        "from pg_constraint c join pg_class s on s.oid = c.conrelid join pg_class t on t.oid = c.confrelid "
        "where c.contype = 'f'",
    )
    composite = {
        (source, columns[1], target)
        for source, target, valid, columns, referenced in found
        if valid and len(columns) == 2 and columns[0] == "organization_id" and referenced == ["organization_id", "id"]
    }
    wanted = {
        (model._meta.db_table, field.column, field.related_model._meta.db_table)
        for model, field in organization_foreign_keys()
    }
    for source, column, target in sorted(wanted - composite):
        yield f"{source}.{column}: nothing in the database keeps it to {target} rows of the same organization."
    tables = set(tenant_tables())
    for source, target, _, columns, _ in found:
        if source in tables and target in tables and "organization_id" not in columns:
            yield f"{source}.{columns[0]}: a plain key to {target} is checked without row security."


def functions_that_look_across_are_known(cursor: CursorWrapper) -> Iterator[str]:
    definers = rows_of(
        cursor,
        "select p.proname, t.typname, coalesce(array_to_string(p.proconfig, ';'), ''), r.rolname = current_user "
        "from pg_proc p join pg_type t on t.oid = p.prorettype join pg_roles r on r.oid = p.proowner "
        "join pg_namespace n on n.oid = p.pronamespace where p.prosecdef and n.nspname not in "
        "('pg_catalog', 'information_schema') order by 1",
    )
    for name, returns, settings, is_own in definers:
        if name not in SECURITY_DEFINERS:
            yield f"{name}(): looks across organizations and isn't in the list of functions that may."
        if returns != "int8":
            yield f"{name}(): returns {returns}; such functions return ids only."
        # Without it, somebody's temporary type or table comes before the real one.
        paths = [each.replace('"', "") for each in settings.split(";") if each.startswith("search_path=")]
        if paths != ["search_path=pg_catalog, public, pg_temp"]:
            yield f"{name}(): its search_path must be pg_catalog, public, pg_temp."
        if is_own:
            yield f"{name}(): belongs to the runtime role."
    for missing in sorted(SECURITY_DEFINERS.keys() - {name for name, *_ in definers}):
        yield f"{missing}(): is in the list but not in the database."


def nothing_is_visible_without_an_organization(cursor: CursorWrapper) -> Iterator[str]:
    for table in tenant_tables():
        if rows_of(cursor, f'select exists (select from "{table}")')[0][0]:  # noqa: S608 - a name of ours
            yield f"{table}: shows rows although no organization is set."


def no_row_refers_to_another_organization(cursor: CursorWrapper) -> Iterator[str]:
    """A reference that crosses leads, from inside its organization, to nothing. Reads every row once."""
    for organization in Organization.objects.order_by("pk"):
        with organization_scope(organization.pk):
            for model, field in organization_foreign_keys():
                count = _leading_nowhere(cursor, model, field)
                if count:
                    yield f"{organization.slug}: {count:,} {model._meta.db_table}.{field.column} lead out of it."


def _leading_nowhere(cursor: CursorWrapper, model: type[models.Model], field: models.ForeignKey) -> int:
    table, target = model._meta.db_table, field.related_model._meta.db_table
    sql = (
        f'select count(*) from "{table}" s left join "{target}" t on t.id = s."{field.column}" '  # noqa: S608 - ours
        f'where s."{field.column}" is not null and t.id is null'
    )
    return int(rows_of(cursor, sql)[0][0])


CHECKS: dict[str, Check] = {
    "Row security is on, with the one policy, in every tenant table": every_tenant_table_has_its_policy,
    "Every table with an organization is a tenant table": no_table_stands_outside,
    "No view looks past row security": no_view_looks_past_the_policies,
    "The runtime role owns nothing, bypasses nothing and can't become another": the_runtime_role_is_weak,
    "The runtime role reads and writes, and only adds to the audit log": the_runtime_role_may_read_and_write_only,
    "Keys between tenant tables carry the organization": keys_between_tenant_tables_carry_the_organization,
    "Functions that look across organizations are the known ones": functions_that_look_across_are_known,
    "Without an organization nothing is visible": nothing_is_visible_without_an_organization,
    "No row refers to a row of another organization": no_row_refers_to_another_organization,
}


def inspect() -> Iterator[tuple[str, list[str]]]:
    """Each check with the holes it found."""
    for title, check in CHECKS.items():
        with connection.cursor() as cursor:
            yield title, list(check(cursor))


def runs_as_the_owner() -> bool:
    """The console itself must not be given the owner's address as its own."""
    return "owner" in connections and connections["owner"].settings_dict["USER"] == connection.settings_dict["USER"]
