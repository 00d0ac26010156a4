from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("events", "0014_sale_stopped")]

    operations = [
        migrations.AddConstraint(
            model_name="salesrule",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("closes_at", None), ("opens_at", None), ("closes_at__gt", models.F("opens_at")), _connector="OR"
                ),
                name="sales_rule_closes_after_opening",
                violation_error_message="The sale ends after it begins.",
            ),
        ),
        migrations.AddConstraint(
            model_name="show",
            constraint=models.CheckConstraint(
                condition=models.Q(("doors_at", None), ("doors_at__lte", models.F("starts_at")), _connector="OR"),
                name="show_doors_by_start",
                violation_error_message="Doors open before the show starts.",
            ),
        ),
        migrations.AddConstraint(
            model_name="show",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("sales_close_at", None),
                    ("sales_open_at", None),
                    ("sales_close_at__gt", models.F("sales_open_at")),
                    _connector="OR",
                ),
                name="show_sale_closes_after_opening",
                violation_error_message="The sale ends after it begins.",
            ),
        ),
        migrations.AddConstraint(
            model_name="show",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("sales_open_at", None),
                    ("sales_close_at__isnull", False),
                    ("sales_open_at__lt", models.F("starts_at")),
                    _connector="OR",
                ),
                name="show_sale_opens_before_start",
                violation_error_message="The sale opens before the show starts.",
            ),
        ),
    ]
