import django.core.validators
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("events", "0016_area_limit"),
        ("theaters", "0007_sentences"),
    ]

    operations = [
        migrations.AddField(
            model_name="salesrule",
            name="refund_hours",
            field=models.PositiveSmallIntegerField(
                blank=True,
                null=True,
                validators=[
                    django.core.validators.MinValueValidator(0),
                    django.core.validators.MaxValueValidator(8784),
                ],
                verbose_name="refundable until (hours before)",
            ),
        ),
        migrations.AddField(
            model_name="salesrule",
            name="refund_percent",
            field=models.PositiveSmallIntegerField(
                blank=True,
                help_text="Percent; empty: all.",
                null=True,
                validators=[django.core.validators.MinValueValidator(0), django.core.validators.MaxValueValidator(100)],
                verbose_name="refunded share",
            ),
        ),
        migrations.AddField(
            model_name="salesrule",
            name="refunds",
            field=models.CharField(
                blank=True,
                choices=[("never", "never returnable"), ("until", "returnable until some hours before the start")],
                max_length=10,
                verbose_name="refunds",
            ),
        ),
        migrations.AddField(
            model_name="salesrule",
            name="tickets_per_customer",
            field=models.PositiveSmallIntegerField(
                blank=True,
                help_text="Empty: as the theater's rule says, or else 10.",
                null=True,
                validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(500)],
                verbose_name="tickets per customer",
            ),
        ),
        migrations.AlterField(
            model_name="show",
            name="refund_hours",
            field=models.PositiveSmallIntegerField(
                blank=True,
                help_text="Empty: never returnable.",
                null=True,
                validators=[
                    django.core.validators.MinValueValidator(0),
                    django.core.validators.MaxValueValidator(8784),
                ],
                verbose_name="refundable until (hours before)",
            ),
        ),
        migrations.AddConstraint(
            model_name="salesrule",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("refund_hours__isnull", False), ("refunds", "until")),
                    models.Q(
                        ("refund_hours", None), ("refund_percent", None), models.Q(("refunds", "until"), _negated=True)
                    ),
                    _connector="OR",
                ),
                name="sales_rule_refund_terms",
                violation_error_message="Say until how many hours before the start tickets may be returned.",
            ),
        ),
    ]
