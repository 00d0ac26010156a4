from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("bookings", "0012_refunds_by_hand"),
    ]

    operations = [
        migrations.AddField(
            model_name="exchange",
            name="kept",
            field=models.ManyToManyField(related_name="+", to="bookings.ticket"),
        ),
    ]
