from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("bookings", "0022_received_money"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="refund",
            index=models.Index(
                condition=models.Q(("source", "here"), _negated=True), fields=["payment"], name="refund_outside"
            ),
        ),
        migrations.AddConstraint(
            model_name="payment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("refunded", 0),
                    models.Q(
                        ("received_amount__isnull", False),
                        ("refunded__gt", 0),
                        ("refunded__lte", models.F("received_amount")),
                    ),
                    _connector="OR",
                ),
                name="payment_refunded_range",
            ),
        ),
        migrations.AddConstraint(
            model_name="payment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("received_amount__gte", 0),
                        ("received_amount__isnull", False),
                        models.Q(("received_currency", ""), _negated=True),
                    ),
                    models.Q(
                        models.Q(("state__in", ["captured", "surplus"]), _negated=True),
                        ("received_amount__isnull", True),
                        ("received_currency", ""),
                    ),
                    _connector="OR",
                ),
                name="payment_received_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="payment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "captured"), _negated=True),
                    models.Q(("received_amount", models.F("amount")), ("received_currency", models.F("currency"))),
                    _connector="OR",
                ),
                name="payment_captured_in_full",
            ),
        ),
        migrations.AddConstraint(
            model_name="payment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "surplus"), models.Q(("surplus_reason", ""), _negated=True)),
                    models.Q(models.Q(("state", "surplus"), _negated=True), ("surplus_reason", "")),
                    _connector="OR",
                ),
                name="payment_surplus_has_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="refund",
            constraint=models.UniqueConstraint(
                condition=models.Q(("source", "here"), _negated=True),
                fields=("source", "reference"),
                name="refund_outside_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="refund",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("source", "here"),
                    models.Q(
                        ("carried_to__isnull", True), ("way", "as_paid"), models.Q(("reference", ""), _negated=True)
                    ),
                    _connector="OR",
                ),
                name="refund_outside_has_reference",
            ),
        ),
        migrations.AddConstraint(
            model_name="remedy",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("made_by__isnull", False),
                    models.Q(("failed__isnull", False), ("refund__isnull", False)),
                    _connector="OR",
                ),
                name="remedy_made_by_somebody",
            ),
        ),
    ]
