"""Functions that find the organization before one is in scope. They return ids only."""

from django.db import migrations

FORWARD = """
create function organizations_of_user(wanted bigint) returns setof bigint
language sql stable security definer set search_path = pg_catalog, public as $$
    select organization_id from public.tenancy_membership where user_id = wanted and is_active
$$;
create function organization_of_api_key(wanted text) returns bigint
language sql stable security definer set search_path = pg_catalog, public as $$
    select organization_id from public.tenancy_apikey where key_hash = wanted and revoked_at is null
$$;
"""
BACKWARD = """
drop function organizations_of_user(bigint);
drop function organization_of_api_key(text);
"""


class Migration(migrations.Migration):
    dependencies = [("tenancy", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
