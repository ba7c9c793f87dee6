"""How far a representative has read, how they want to be told, and templates for replies."""

import django.db.models.deletion
from django.db import migrations, models

import contact_center.tenancy.fields
import contact_center.tenancy.scope


class Migration(migrations.Migration):
    dependencies = [
        ("conversations", "0010_segment_events"),
        ("routing", "0004_presence_held"),
        ("tenancy", "0003_member_names"),
    ]

    operations = [
        migrations.AlterField(
            model_name="messagetemplate",
            name="use",
            field=models.CharField(
                choices=[("message", "Message Customer"), ("notify", "Notify CSR"), ("reply", "Reply at the desk")],
                max_length=8,
            ),
        ),
        migrations.CreateModel(
            name="DeskAlerts",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("sound_offers", models.BooleanField(default=True)),
                ("sound_messages", models.BooleanField(default=True)),
                ("desktop_offers", models.BooleanField(default=False)),
                ("desktop_messages", models.BooleanField(default=False)),
                (
                    "membership",
                    contact_center.tenancy.fields.OrganizationForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="tenancy.membership",
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
                "verbose_name_plural": "desk alerts",
                "constraints": [
                    models.UniqueConstraint(fields=("organization", "membership"), name="desk_alerts_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="ReadMark",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("message_id", models.BigIntegerField(default=0)),
                (
                    "conversation",
                    contact_center.tenancy.fields.OrganizationForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
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
                (
                    "representative",
                    contact_center.tenancy.fields.OrganizationForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="routing.representative",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organization", "conversation", "representative"), name="read_mark_once"
                    )
                ],
            },
        ),
    ]
