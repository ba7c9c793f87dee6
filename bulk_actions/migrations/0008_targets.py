"""An item is about a target: a conversation, and from now on also a representative or a queue."""

from django.db import migrations, models

TABLE = "bulk_actions_bulkactionitem"
ONCE = models.UniqueConstraint(fields=["organization", "bulk_action", "target_id"], name="item_once_per_run")
PENDING = models.Index(
    fields=["organization", "bulk_action", "target_id"], condition=models.Q(outcome="pending"), name="item_pending"
)


class Migration(migrations.Migration):
    dependencies = [("bulk_actions", "0007_answers_and_approval")]

    operations = [
        # Constraint and index follow the column by themselves in the database; Django's state wants to be told.
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(
                    f"alter table {TABLE} rename column conversation_id to target_id",
                    f"alter table {TABLE} rename column target_id to conversation_id",
                )
            ],
            state_operations=[
                migrations.RemoveConstraint(model_name="bulkactionitem", name="item_once_per_run"),
                migrations.RemoveIndex(model_name="bulkactionitem", name="item_pending"),
                migrations.RenameField(model_name="bulkactionitem", old_name="conversation_id", new_name="target_id"),
                migrations.AddConstraint(model_name="bulkactionitem", constraint=ONCE),
                migrations.AddIndex(model_name="bulkactionitem", index=PENDING),
            ],
        )
    ]
