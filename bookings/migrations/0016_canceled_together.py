from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("bookings", "0015_waiting_list"),
    ]

    operations = [
        migrations.AddField(
            model_name="showcancellation",
            name="batch",
            field=models.UUIDField(blank=True, db_index=True, editable=False, null=True),
        ),
    ]
