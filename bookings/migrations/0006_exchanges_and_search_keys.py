"""Exchanges of tickets, and keys by which staff find bookings."""

from decimal import Decimal

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models
from django.db.models import F, Q

import lib.key_fields
from lib.search_keys import name_key, phone_key

# 10,000 rows take 1 s.
BATCH = 2000


def fill_keys(apps, schema_editor):
    Booking = apps.get_model("bookings", "Booking")
    rows = Booking.objects.exclude(name="", phone="").only("pk", "name", "phone").order_by()
    batch = []
    for booking in rows.iterator(BATCH):
        booking.name_key, booking.phone_key = name_key(booking.name), phone_key(booking.phone)
        batch.append(booking)
        if len(batch) == BATCH:
            Booking.objects.bulk_update(batch, ["name_key", "phone_key"])
            batch = []
    Booking.objects.bulk_update(batch, ["name_key", "phone_key"])


class Migration(migrations.Migration):
    dependencies = [
        ("bookings", "0005_drawers"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            "booking",
            "credit",
            models.DecimalField(decimal_places=3, default=Decimal(0), max_digits=12),
        ),
        migrations.AddField("booking", "link_version", models.PositiveSmallIntegerField(default=0, editable=False)),
        migrations.AddField("booking", "name_key", lib.key_fields.KeyField("name", max_length=400)),
        migrations.AddField("booking", "phone_key", lib.key_fields.KeyField("phone", max_length=40)),
        migrations.AddField(
            "ticket",
            "moved_from",
            models.OneToOneField(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="moved_to",
                to="bookings.ticket",
            ),
        ),
        migrations.CreateModel(
            name="Exchange",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("worth", models.DecimalField(decimal_places=3, max_digits=12)),
                ("refund", models.DecimalField(decimal_places=3, default=Decimal(0), max_digits=12)),
                ("reason", models.CharField(blank=True, max_length=300, verbose_name="reason")),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                (
                    "booking",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="exchanges",
                        to="bookings.booking",
                    ),
                ),
                (
                    "made_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "replacement",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="exchange",
                        to="bookings.booking",
                    ),
                ),
                ("tickets", models.ManyToManyField(related_name="exchanges", to="bookings.ticket")),
            ],
            options={
                "verbose_name": "exchange",
                "verbose_name_plural": "exchanges",
                "ordering": ["-created_at", "-pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=Q(worth__gte=0) & Q(refund__gte=0) & Q(refund__lte=F("worth")),
                        name="exchange_amounts_range",
                    ),
                    models.CheckConstraint(condition=~Q(booking=F("replacement")), name="exchange_two_bookings"),
                ],
            },
        ),
        migrations.AddField(
            "payment",
            "exchange",
            models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="payments",
                to="bookings.exchange",
            ),
        ),
        migrations.AddField(
            "payment",
            "origin",
            models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="bookings.payment",
            ),
        ),
        migrations.AddField(
            "refund",
            "carried_to",
            models.OneToOneField(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="carried_from",
                to="bookings.payment",
            ),
        ),
        migrations.RemoveConstraint("payment", "payment_one_captured_per_booking"),
        migrations.AddConstraint(
            "payment",
            models.UniqueConstraint(
                fields=["booking"],
                condition=Q(state="captured") & ~Q(gateway="exchange"),
                name="payment_one_captured_per_booking",
            ),
        ),
        migrations.AddConstraint(
            "payment",
            models.CheckConstraint(
                condition=(
                    ~Q(gateway="exchange") & Q(origin__isnull=True)
                    | Q(gateway="exchange", origin__isnull=False, exchange__isnull=False)
                ),
                name="payment_exchange_has_origin",
            ),
        ),
        migrations.AddConstraint(
            "booking",
            models.CheckConstraint(condition=Q(credit__gte=0) & Q(credit__lte=F("total")), name="booking_credit_range"),
        ),
        migrations.AddConstraint(
            "refund",
            models.CheckConstraint(
                condition=Q(carried_to__isnull=True) | Q(state="succeeded"), name="refund_carried_at_once"
            ),
        ),
        migrations.RunPython(fill_keys, migrations.RunPython.noop, elidable=True),
    ]
