"""Whom an alert was told, who took it on and when its figure was back; what is alerted, and who is mailed."""

import django.contrib.postgres.fields
import django.core.validators
import django.db.models.deletion
from django.db import migrations, models

import contact_center.tenancy.fields
import contact_center.tenancy.scope


class Migration(migrations.Migration):
    dependencies = [
        ("conversations", "0017_message_search"),
        ("routing", "0007_auto_close_by_channel"),
        ("tenancy", "0003_member_names"),
    ]

    operations = [
        migrations.CreateModel(
            name="AlertChoice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "by_mail",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=40), blank=True, default=list, size=None
                    ),
                ),
                (
                    "from_level",
                    models.CharField(
                        choices=[("at_risk", "At risk"), ("critical", "Critical")], default="critical", max_length=10
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="AlertSettings",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "off",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=40), blank=True, default=list, size=None
                    ),
                ),
                (
                    "never_mailed",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=40), blank=True, default=list, size=None
                    ),
                ),
                (
                    "offline_minutes",
                    models.PositiveIntegerField(
                        default=3,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(1440),
                        ],
                        verbose_name="representative offline for (minutes)",
                    ),
                ),
                (
                    "transfer_seconds",
                    models.PositiveIntegerField(
                        default=60,
                        validators=[
                            django.core.validators.MinValueValidator(10),
                            django.core.validators.MaxValueValidator(3600),
                        ],
                        verbose_name="transfer unanswered for (seconds)",
                    ),
                ),
                (
                    "wrap_up_minutes",
                    models.PositiveIntegerField(
                        default=10,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(1440),
                        ],
                        verbose_name="wrap-up for (minutes)",
                    ),
                ),
                (
                    "waiting_hours",
                    models.PositiveIntegerField(
                        default=24,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(1000),
                        ],
                        verbose_name="waiting for the customer for (hours)",
                    ),
                ),
            ],
            options={
                "verbose_name": "alerts",
                "verbose_name_plural": "alerts",
            },
        ),
        migrations.AddField(
            model_name="alert",
            name="acknowledged_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="alert",
            name="acknowledged_by",
            field=contact_center.tenancy.fields.OrganizationForeignKey(
                blank=True,
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="tenancy.membership",
            ),
        ),
        migrations.AddField(
            model_name="alert",
            name="back_since",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="alert",
            name="level",
            field=models.CharField(
                blank=True, choices=[("at_risk", "At risk"), ("critical", "Critical")], max_length=10
            ),
        ),
        migrations.AddField(
            model_name="alert",
            name="limit",
            field=models.IntegerField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="alert",
            name="mailed",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.BigIntegerField(), blank=True, default=list, size=None
            ),
        ),
        migrations.AddField(
            model_name="alert",
            name="told",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.BigIntegerField(), blank=True, default=list, size=None
            ),
        ),
        migrations.AddIndex(
            model_name="alert",
            index=models.Index(fields=["organization", "-raised_at", "-id"], name="alert_newest"),
        ),
        migrations.AddField(
            model_name="alertchoice",
            name="membership",
            field=contact_center.tenancy.fields.OrganizationForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="tenancy.membership",
            ),
        ),
        migrations.AddField(
            model_name="alertchoice",
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
            model_name="alertsettings",
            name="organization",
            field=contact_center.tenancy.scope.OrganizationField(
                db_index=False,
                editable=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="tenancy.organization",
            ),
        ),
        migrations.AddConstraint(
            model_name="alertchoice",
            constraint=models.UniqueConstraint(fields=("organization", "membership"), name="alert_choice_once"),
        ),
        migrations.AddConstraint(
            model_name="alertsettings",
            constraint=models.UniqueConstraint(fields=("organization",), name="alert_settings_once"),
        ),
    ]
