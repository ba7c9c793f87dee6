"""Alerts to supervisors, and the filters by raised hand, force-close reason and disposition."""

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

import contact_center.tenancy.fields
import contact_center.tenancy.scope


class Migration(migrations.Migration):
    dependencies = [
        ("conversations", "0014_monitoring_consent_at"),
        ("routing", "0004_presence_held"),
        ("tenancy", "0003_member_names"),
    ]

    operations = [
        migrations.CreateModel(
            name="Alert",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=40)),
                ("value", models.IntegerField(blank=True, null=True)),
                ("raised_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name="AlertIgnored",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
        ),
        migrations.AddIndex(
            model_name="conversation",
            index=models.Index(
                condition=models.Q(("hand_raised_at__isnull", False)),
                fields=["organization", "-created_at", "-id"],
                name="hand_raised",
            ),
        ),
        migrations.AddIndex(
            model_name="conversation",
            index=models.Index(
                condition=models.Q(("force_close_reason__isnull", False)),
                fields=["organization", "force_close_reason", "-created_at", "-id"],
                name="closed_by_reason",
            ),
        ),
        migrations.AddIndex(
            model_name="conversation",
            index=models.Index(
                condition=models.Q(("disposition__isnull", False)),
                fields=["organization", "disposition", "-created_at", "-id"],
                name="closed_by_disposition",
            ),
        ),
        migrations.AddField(
            model_name="alert",
            name="conversation",
            field=contact_center.tenancy.fields.OrganizationForeignKey(
                blank=True,
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="alerts",
                to="conversations.conversation",
            ),
        ),
        migrations.AddField(
            model_name="alert",
            name="organization",
            field=contact_center.tenancy.scope.OrganizationField(
                db_index=False,
                editable=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="tenancy.organization",
            ),
        ),
        migrations.AddField(
            model_name="alert",
            name="queue",
            field=contact_center.tenancy.fields.OrganizationForeignKey(
                blank=True,
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="routing.queue",
            ),
        ),
        migrations.AddField(
            model_name="alertignored",
            name="alert",
            field=contact_center.tenancy.fields.OrganizationForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="ignored",
                to="conversations.alert",
            ),
        ),
        migrations.AddField(
            model_name="alertignored",
            name="membership",
            field=contact_center.tenancy.fields.OrganizationForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="tenancy.membership",
            ),
        ),
        migrations.AddField(
            model_name="alertignored",
            name="organization",
            field=contact_center.tenancy.scope.OrganizationField(
                db_index=False,
                editable=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="tenancy.organization",
            ),
        ),
        migrations.AddIndex(
            model_name="alert",
            index=models.Index(
                condition=models.Q(("ended_at__isnull", True)), fields=["organization", "-raised_at"], name="alert_open"
            ),
        ),
        migrations.AddIndex(
            model_name="alert",
            index=models.Index(fields=["organization", "conversation"], name="alert_of_conversation"),
        ),
        migrations.AddConstraint(
            model_name="alert",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ended_at__isnull", True)),
                fields=("organization", "kind", "conversation", "queue"),
                name="alert_open_once",
                nulls_distinct=False,
            ),
        ),
        migrations.AddConstraint(
            model_name="alert",
            constraint=models.UniqueConstraint(fields=("organization", "id"), name="alert_of_organization"),
        ),
        migrations.AddConstraint(
            model_name="alertignored",
            constraint=models.UniqueConstraint(
                fields=("organization", "alert", "membership"), name="alert_ignored_once"
            ),
        ),
    ]
