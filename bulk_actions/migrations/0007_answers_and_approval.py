"""Items that wait for a representative's answer, and runs that wait for a second supervisor.

Which organizations have runs whose approval ran out: ids only.
"""

from django.db import migrations, models

FORWARD = """
create function organizations_with_old_approvals(older_than timestamptz) returns setof bigint
language sql stable security definer set search_path = pg_catalog, public as $$
    select distinct organization_id from public.bulk_actions_bulkaction
    where status = 'awaiting_approval' and started_at < older_than
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("bulk_actions", "0006_eligible"), ("tenancy", "0003_member_names")]
    operations = [
        migrations.AlterField(
            model_name="bulkactionitem",
            name="outcome",
            field=models.CharField(
                choices=[
                    ("pending", "Pending"),
                    ("offered", "Awaiting answer"),
                    ("succeeded", "Succeeded"),
                    ("skipped", "Skipped"),
                    ("failed", "Failed"),
                ],
                default="pending",
                max_length=10,
            ),
        ),
        migrations.AddIndex(
            model_name="bulkaction",
            index=models.Index(
                condition=models.Q(("status", "awaiting_approval")),
                fields=["organization", "started_at"],
                name="run_awaiting_approval",
            ),
        ),
        migrations.RunSQL(FORWARD, "drop function organizations_with_old_approvals(timestamptz);"),
    ]
