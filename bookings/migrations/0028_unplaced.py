import django.core.validators
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("bookings", "0027_times_in_order"),
    ]

    operations = [
        migrations.AddField(
            model_name="showmove",
            name="unplaced",
            field=models.PositiveIntegerField(
                default=0,
                editable=False,
                validators=[
                    django.core.validators.MinValueValidator(0),
                    django.core.validators.MaxValueValidator(250000),
                ],
            ),
        ),
    ]
