import django.core.validators
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("theaters", "0003_invitations")]

    operations = [
        migrations.AlterField(
            model_name="theater",
            name="tax_rate",
            field=models.DecimalField(
                decimal_places=4,
                default=0,
                help_text="Percent, with up to four decimals: 20, or 8.875.",
                max_digits=7,
                validators=[
                    django.core.validators.MinValueValidator(0),
                    django.core.validators.MaxValueValidator(100),
                ],
                verbose_name="tax rate",
            ),
        )
    ]
