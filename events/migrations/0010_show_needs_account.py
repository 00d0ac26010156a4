from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("events", "0009_from_price"),
    ]

    operations = [
        migrations.AddField(
            model_name="show",
            name="needs_account",
            field=models.BooleanField(
                default=False,
                help_text="Customers sign in before they hold seats. It keeps a rush fair, and stops those "
                "who hold seats again and again without paying.",
                verbose_name="only with an account",
            ),
        ),
    ]
