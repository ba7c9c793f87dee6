"""Search in messages: what of each may be searched, an index of it, and the function that asks the index.

As with conversations (0004 to 0006) row security would keep the index from being used, so the owner's function searches
inside the organization in scope. It gives up, and answers with a null, when too many messages have the words.
"""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

import conversations.models.messages
from conversations.masking import mask

AT_ONCE = 2_000

FORWARD = """
alter table conversations_message add column search_document tsvector generated always as (
    array_to_tsvector(array['#' || organization_id::text])
    || to_tsvector('simple'::regconfig, coalesce(masked_text, text))
) stored;
create index message_search on conversations_message using gin (search_document) with (gin_pending_list_limit = 512);

create function search_messages(words text, only_ongoing boolean, most_messages integer, most integer)
returns setof bigint language plpgsql stable security definer set search_path = pg_catalog, public rows 500 as $$
declare
    organization text := nullif(current_setting('app.organization_id', true), '');
    sought tsquery := to_tsquery('simple', words);
    found bigint[];
begin
    if organization is null or numnode(sought) = 0 then
        return;
    end if;
    found := array(
        select m.conversation_id from public.conversations_message m
        where m.search_document @@ (('''#' || organization || '''')::tsquery && sought) limit most_messages + 1
    );
    if cardinality(found) > most_messages then
        return next null;
        return;
    end if;
    return query select c.id from public.conversations_conversation c
        where c.id = any(found) and c.organization_id = organization::bigint
          and (not only_ongoing or not c.status = 'closed')
        limit most;
end
$$;
"""
BACKWARD = """
drop function search_messages(text, boolean, integer, integer);
alter table conversations_message drop column search_document;
"""


def mask_what_was_said(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    messages = apps.get_model("conversations", "Message").objects.using(schema_editor.connection.alias)
    with_digits = messages.filter(text__regex=r"\d{3}").order_by("pk")
    last = 0
    while rows := list(with_digits.filter(pk__gt=last)[:AT_ONCE]):
        last = rows[-1].pk
        for row in rows:
            if (masked := mask(row.text)) != row.text:
                messages.filter(pk=row.pk).update(masked_text=masked)


class Migration(migrations.Migration):
    dependencies = [("conversations", "0016_targets")]
    operations = [
        migrations.AddField(
            model_name="message",
            name="masked_text",
            field=conversations.models.messages.MaskedText(null=True, editable=False),
        ),
        migrations.RunPython(mask_what_was_said, migrations.RunPython.noop),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
