"""Finds the organization of a customer's chat page before one is in scope. Returns an id only."""

from django.db import migrations

FORWARD = """
create function organization_of_chat_key(wanted text) returns bigint
language sql stable security definer set search_path = pg_catalog, public as $$
    select organization_id from public.routing_workstream where chat_key = wanted and is_active
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("routing", "0002_initial")]
    operations = [migrations.RunSQL(FORWARD, "drop function organization_of_chat_key(text);")]
