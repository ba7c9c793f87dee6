"""A search that stops early, and orders for "any status" and for one channel.

A word that thousands of rows have is found faster by reading the list in its order and testing each row, so the search
gives up after `most` rows; whoever asked then takes the other way.
"""

from django.db import migrations, models

FORWARD = """
drop function search_conversations(text);
create function search_conversations(words text, only_ongoing boolean, most integer) returns setof bigint
language plpgsql stable security definer set search_path = pg_catalog, public rows 500 as $$
declare
    organization text := nullif(current_setting('app.organization_id', true), '');
    sought tsquery := to_tsquery('simple', words);
begin
    if organization is null or numnode(sought) = 0 then
        return;
    end if;
    if only_ongoing then
        return query select c.id from public.conversations_conversation c
            where c.search_document @@ (('''#' || organization || '''')::tsquery && sought) and not c.status = 'closed'
            limit most;
    else
        return query select c.id from public.conversations_conversation c
            where c.search_document @@ (('''#' || organization || '''')::tsquery && sought) limit most;
    end if;
    return query select c.id from public.routing_representative r
        join public.conversations_conversation c on c.representative_id = r.id
        where r.organization_id = organization::bigint and c.organization_id = organization::bigint
          and to_tsvector('simple', r.name) @@ sought and (not only_ongoing or not c.status = 'closed')
        limit most;
end
$$;
"""
BACKWARD = """
drop function search_conversations(text, boolean, integer);
create function search_conversations(words text) returns setof bigint
language sql stable security definer set search_path = pg_catalog, public rows 500 as $$
    with organization as (select nullif(current_setting('app.organization_id', true), '') as id)
    select c.id from public.conversations_conversation c, organization o
    where c.search_document @@ (('''#' || o.id || '''')::tsquery && to_tsquery('simple', words))
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("conversations", "0005_search_marker")]
    operations = [
        migrations.RunSQL(FORWARD, BACKWARD),
        migrations.AddIndex(
            model_name="conversation",
            index=models.Index(fields=["organization", "-created_at", "-id"], name="conversation_newest"),
        ),
        migrations.AddIndex(
            model_name="conversation",
            index=models.Index(
                condition=models.Q(("status", "closed"), _negated=True),
                fields=["organization", "channel", "-created_at", "-id"],
                name="ongoing_by_channel",
            ),
        ),
    ]
