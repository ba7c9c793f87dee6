"""Which organizations have previews to forget. Returns ids only."""

from django.db import migrations

FORWARD = """
create function organizations_with_old_previews(older_than timestamptz) returns setof bigint
language sql stable security definer set search_path = pg_catalog, public as $$
    select distinct organization_id from public.bulk_actions_bulkaction
    where status = 'previewed' and created_at < older_than
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("bulk_actions", "0004_turns_and_previews")]
    operations = [migrations.RunSQL(FORWARD, "drop function organizations_with_old_previews(timestamptz);")]
