"""Whether a desk's line stands, and units that come back at the end of the day."""

from django.db import migrations, models

FORWARD = """
create function organizations_with_due_representatives() returns setof bigint
language sql stable security definer set search_path = pg_catalog, public as $$
    select distinct organization_id from public.routing_representative where desk_due_at <= now()
    union
    select distinct organization_id from public.routing_representative where units_return_at <= now()
$$;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("routing", "0004_presence_held"),
        ("tenancy", "0003_member_names"),
    ]

    operations = [
        migrations.AddField(
            model_name="representative",
            name="desk_due_at",
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name="representative",
            name="desk_lost_at",
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name="representative",
            name="desk_seen_at",
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name="representative",
            name="presence_before",
            field=models.JSONField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name="representative",
            name="units_return_at",
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name="representative",
            name="units_spent",
            field=models.PositiveIntegerField(default=0, editable=False),
        ),
        migrations.AlterField(
            model_name="representative",
            name="default_presence",
            field=models.CharField(
                choices=[
                    ("available", "Available"),
                    ("busy", "Busy"),
                    ("do_not_disturb", "Busy – Do not disturb"),
                    ("away", "Away"),
                    ("offline", "Offline"),
                ],
                default="available",
                help_text="At sign-in to the desk. Available and Busy follow the units used.",
                max_length=16,
            ),
        ),
        migrations.AddIndex(
            model_name="representative",
            index=models.Index(
                condition=models.Q(("desk_due_at__isnull", False)),
                fields=["organization", "desk_due_at"],
                name="representative_desk_due",
            ),
        ),
        migrations.AddIndex(
            model_name="representative",
            index=models.Index(
                condition=models.Q(("units_return_at__isnull", False)),
                fields=["organization", "units_return_at"],
                name="representative_units_return",
            ),
        ),
        migrations.RunSQL(FORWARD, "drop function organizations_with_due_representatives();"),
    ]
