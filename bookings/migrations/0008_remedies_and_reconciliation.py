"""How staff put money right, and comparisons with what a gateway says it moved."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("bookings", "0007_search_key_indexes"),
        ("theaters", "0002_reminder"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Reconciliation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("gateway", models.CharField(max_length=20, verbose_name="gateway")),
                ("file_name", models.CharField(max_length=200, verbose_name="file")),
                ("starts_at", models.DateTimeField(verbose_name="from")),
                ("ends_at", models.DateTimeField(verbose_name="until")),
                ("ignored", models.JSONField(blank=True, default=dict, verbose_name="left out")),
                ("made_at", models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name="at")),
                (
                    "made_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="by",
                    ),
                ),
                (
                    "theater",
                    models.ForeignKey(
                        blank=True,
                        help_text="Empty: all theaters.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="theaters.theater",
                        verbose_name="theater",
                    ),
                ),
            ],
            options={
                "verbose_name": "reconciliation",
                "verbose_name_plural": "reconciliations",
                "ordering": ["-made_at", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="ReconciliationLine",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "result",
                    models.CharField(
                        choices=[
                            ("matched", "matched"),
                            ("differs", "amount differs"),
                            ("only_ours", "only with us"),
                            ("only_gateway", "only with the gateway"),
                        ],
                        max_length=12,
                        verbose_name="result",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("payment", "payment"), ("refund", "refund")], max_length=7, verbose_name="kind"
                    ),
                ),
                ("number", models.PositiveIntegerField(blank=True, null=True, verbose_name="line")),
                ("reference", models.CharField(blank=True, max_length=255, verbose_name="gateway reference")),
                ("happened_at", models.DateTimeField(blank=True, null=True, verbose_name="at")),
                ("currency", models.CharField(max_length=3, verbose_name="currency")),
                (
                    "gateway_amount",
                    models.DecimalField(
                        blank=True, decimal_places=3, max_digits=12, null=True, verbose_name="with the gateway"
                    ),
                ),
                (
                    "our_amount",
                    models.DecimalField(blank=True, decimal_places=3, max_digits=12, null=True, verbose_name="with us"),
                ),
                (
                    "payment",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="bookings.payment",
                    ),
                ),
                (
                    "reconciliation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="lines", to="bookings.reconciliation"
                    ),
                ),
                (
                    "refund",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="bookings.refund",
                    ),
                ),
            ],
            options={
                "verbose_name": "line of a reconciliation",
                "verbose_name_plural": "lines of reconciliations",
                "ordering": ["reconciliation", models.OrderBy(models.F("number"), nulls_last=True), "pk"],
            },
        ),
        migrations.CreateModel(
            name="Remedy",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[("gateway", "by the gateway once more"), ("outside", "outside the system")],
                        max_length=10,
                        verbose_name="kind",
                    ),
                ),
                ("reason", models.CharField(max_length=300, verbose_name="reason")),
                ("made_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                (
                    "failed",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="remedy",
                        to="bookings.refund",
                    ),
                ),
                (
                    "made_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "refund",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="remedy_of", to="bookings.refund"
                    ),
                ),
            ],
            options={
                "verbose_name": "remedy",
                "verbose_name_plural": "remedies",
            },
        ),
        migrations.AddConstraint(
            model_name="reconciliation",
            constraint=models.CheckConstraint(
                condition=models.Q(("starts_at__lte", models.F("ends_at"))), name="reconciliation_period"
            ),
        ),
        migrations.AddIndex(
            model_name="reconciliationline",
            index=models.Index(fields=["reconciliation", "result"], name="reconciliation_result"),
        ),
        migrations.AddConstraint(
            model_name="reconciliationline",
            constraint=models.UniqueConstraint(fields=("reconciliation", "number"), name="reconciliation_line_once"),
        ),
        migrations.AddConstraint(
            model_name="reconciliationline",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("gateway_amount__isnull", True), ("number__isnull", True), ("result", "only_ours")),
                    models.Q(
                        models.Q(("result", "only_ours"), _negated=True),
                        ("gateway_amount__isnull", False),
                        ("number__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="reconciliation_line_of_file",
            ),
        ),
        migrations.AddConstraint(
            model_name="remedy",
            constraint=models.CheckConstraint(
                condition=models.Q(("failed", models.F("refund")), _negated=True), name="remedy_is_another_refund"
            ),
        ),
        migrations.AddConstraint(
            model_name="remedy",
            constraint=models.CheckConstraint(
                condition=models.Q(("reason", ""), _negated=True), name="remedy_has_reason"
            ),
        ),
    ]
