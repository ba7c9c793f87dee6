from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("routing", "0003_chat_key_lookup"),
    ]

    operations = [
        migrations.AddField(
            model_name="representative",
            name="presence_held",
            field=models.BooleanField(default=False, editable=False),
        ),
    ]
