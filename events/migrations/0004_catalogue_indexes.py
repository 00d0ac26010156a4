"""Let lists of 200,000 shows be read from an index alone."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("events", "0003_search_and_sort"),
        ("theaters", "0001_initial"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="show",
            index=models.Index(
                condition=models.Q(("sales_open_at__isnull", False)), fields=["sales_open_at"], name="show_opening"
            ),
        ),
        migrations.AddIndex(
            model_name="show",
            index=models.Index(
                fields=["state", "event", "starts_at", "hall", "lowest_price", "language"], name="show_catalogue"
            ),
        ),
    ]
