"""The monitoring ledger: when a page was last open, its order, and the organizations in which somebody monitors."""

from django.db import migrations, models

FORWARD = """
create function organizations_with_monitoring() returns setof bigint
language sql stable security definer set search_path = pg_catalog, public as $$
    select distinct organization_id from public.conversations_participant where mode = 'monitor' and left_at is null
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("conversations", "0012_default_views")]
    operations = [
        migrations.AddField("participant", "seen_at", models.DateTimeField(blank=True, null=True)),
        migrations.AddIndex(
            "participant",
            models.Index(
                fields=["organization", "-added_at", "-id"],
                condition=models.Q(mode="monitor"),
                name="monitoring_ledger",
            ),
        ),
        migrations.AddIndex(
            "participant",
            models.Index(
                fields=["organization", "seen_at"],
                condition=models.Q(mode="monitor", left_at__isnull=True),
                name="monitoring_now",
            ),
        ),
        migrations.RunSQL(FORWARD, "drop function organizations_with_monitoring();"),
    ]
