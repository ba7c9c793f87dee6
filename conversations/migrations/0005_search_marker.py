"""Marks the organization in the search index by a lexeme that no typed word can reach.

"organization:5" was found by everybody who searched for "org". The parser never makes a lexeme that begins with "#".
"""

from django.db import migrations

COLUMN = """
alter table conversations_conversation drop column search_document;
alter table conversations_conversation add column search_document tsvector generated always as (
    array_to_tsvector(array[{marker} || organization_id::text])
    || to_tsvector('simple'::regconfig, subject || ' ' || customer_name)
) stored;
create index conversation_search on conversations_conversation using gin (search_document);

create or replace function search_conversations(words text) returns setof bigint
language sql stable security definer set search_path = pg_catalog, public rows 500 as $$
    with organization as (select nullif(current_setting('app.organization_id', true), '') as id)
    select c.id from public.conversations_conversation c, organization o
    where c.search_document @@ (('''' || {marker} || o.id || '''')::tsquery && to_tsquery('simple', words))
    union
    select c.id from public.conversations_conversation c
    join public.routing_representative r on r.id = c.representative_id, organization o
    where c.organization_id = o.id::bigint and r.organization_id = o.id::bigint and c.status <> 'closed'
      and to_tsvector('simple', r.name) @@ to_tsquery('simple', words)
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("conversations", "0004_search_and_due_work")]
    operations = [migrations.RunSQL(COLUMN.format(marker="'#'"), COLUMN.format(marker="'organization:'"))]
