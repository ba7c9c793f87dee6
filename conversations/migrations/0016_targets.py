"""What is due next, at risk or breached, in columns of its own that a list can go by."""

from django.db import migrations, models

FILL = """
update conversations_conversation c set target_due_at = t.due, target_risk_at = t.due - 0.25 * (t.due - c.created_at)
from (
    select id, case when kind <> 'record' and first_response_at is null and first_response_due_at is not null
        then least(first_response_due_at, resolution_due_at) else resolution_due_at end as due
    from conversations_conversation where status <> 'closed'
) t where t.id = c.id and t.due is not null
"""


class Migration(migrations.Migration):
    dependencies = [
        ("conversations", "0015_alerts"),
        ("routing", "0004_presence_held"),
        ("tenancy", "0003_member_names"),
    ]

    operations = [
        migrations.AddField(
            model_name="conversation",
            name="target_due_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="conversation",
            name="target_risk_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddIndex(
            model_name="conversation",
            index=models.Index(
                condition=models.Q(models.Q(("status", "closed"), _negated=True), ("target_due_at__isnull", False)),
                fields=["organization", "target_due_at", "id"],
                name="ongoing_target",
            ),
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
    ]
