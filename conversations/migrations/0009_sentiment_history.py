"""Sentiment over time, and the organizations with scores to compute."""

import django.core.validators
import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

import contact_center.tenancy.fields
import contact_center.tenancy.scope

FORWARD = """
create function organizations_with_due_sentiment() returns setof bigint
language sql stable security definer set search_path = pg_catalog, public as $$
    select o.id from public.tenancy_organization o
    where o.is_active and exists (
        select 1 from public.conversations_sentimentscore s where s.organization_id = o.id and s.score is null
    )
$$;
"""
BACKWARD = "drop function organizations_with_due_sentiment();"


class Migration(migrations.Migration):
    dependencies = [
        ("conversations", "0008_record_reference"),
        ("tenancy", "0003_member_names"),
    ]

    operations = [
        migrations.AddField(
            model_name="conversation",
            name="sentiment_before",
            field=models.PositiveSmallIntegerField(blank=True, null=True),
        ),
        migrations.CreateModel(
            name="SentimentScore",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "score",
                    models.PositiveSmallIntegerField(
                        blank=True, null=True, validators=[django.core.validators.MaxValueValidator(100)]
                    ),
                ),
                (
                    "conversation",
                    contact_center.tenancy.fields.OrganizationForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="sentiment_scores",
                        to="conversations.conversation",
                    ),
                ),
                (
                    "organization",
                    contact_center.tenancy.scope.OrganizationField(
                        db_index=False,
                        editable=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="tenancy.organization",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["organization", "conversation", "at"], name="sentiment_of_conversation"),
                    models.Index(
                        condition=models.Q(("score__isnull", True)), fields=["organization", "id"], name="sentiment_due"
                    ),
                ],
            },
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
