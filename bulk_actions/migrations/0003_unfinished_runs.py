"""Which organizations have runs to take up again. Returns ids only."""

from django.db import migrations

FORWARD = """
create function organizations_with_unfinished_runs() returns setof bigint
language sql stable security definer set search_path = pg_catalog, public as $$
    select distinct organization_id from public.bulk_actions_bulkaction where status in ('queued', 'running')
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("bulk_actions", "0002_initial")]
    operations = [migrations.RunSQL(FORWARD, "drop function organizations_with_unfinished_runs();")]
