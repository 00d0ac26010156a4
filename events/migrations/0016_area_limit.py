import django.core.validators
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("events", "0015_times_in_order"),
    ]

    operations = [
        migrations.AddField(
            model_name="showarea",
            name="limit",
            field=models.PositiveIntegerField(
                blank=True,
                null=True,
                validators=[
                    django.core.validators.MinValueValidator(0),
                    django.core.validators.MaxValueValidator(250000),
                ],
            ),
        ),
    ]
