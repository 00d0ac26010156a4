from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("events", "0011_import_percent"),
    ]

    operations = [
        migrations.AddField(
            model_name="show",
            name="revision",
            field=models.PositiveIntegerField(default=0, editable=False),
        ),
    ]
