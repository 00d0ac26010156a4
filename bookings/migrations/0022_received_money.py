from decimal import Decimal

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import F

# What the audit log said, in the words of that time.
_REASONS = [
    ("paid in ", "other_currency"),
    ("paid already", "paid_already"),
    ("paid ", "other_amount"),
    ("amount due", "amount_changed"),
    ("booking was canceled", "booking_canceled"),
    ("show is over or canceled", "show_over"),
    ("show was moved", "show_moved"),
    ("the tickets to be exchanged", "exchange_off"),
    ("a ticket to be exchanged", "exchange_used"),
    ("the money of the tickets", "exchange_refunded"),
]


def fill_received(apps, schema_editor):
    """Take what was asked for as received, and of a surplus what the audit log tells."""
    Payment = apps.get_model("bookings", "Payment")
    received = Payment.objects.filter(state__in=["captured", "surplus"])
    received.update(received_amount=F("amount"), received_currency=F("currency"))
    surplus = {str(payment.pk): payment for payment in Payment.objects.filter(state="surplus").iterator()}
    entries = apps.get_model("accounts", "AuditEntry").objects.filter(action="surplus payment", object_id__in=surplus)
    told = {entry.object_id: entry for entry in entries.order_by("pk")}
    for key, payment in surplus.items():
        payment.surplus_reason = "places_gone"
        if (entry := told.get(key)) is not None:
            amount = Decimal(entry.after.get("amount") or payment.amount)
            # More may have been paid out than came.
            payment.received_amount = max(amount, payment.refunded)
            payment.received_currency = entry.after.get("currency") or payment.currency
            found = (name for words, name in _REASONS if entry.reason.startswith(words))
            payment.surplus_reason = next(found, "places_gone")
        payment.save()


def fill_exchanges(apps, schema_editor):
    """Let the refunds that an exchange made name it."""
    Refund = apps.get_model("bookings", "Refund")
    for exchange in apps.get_model("bookings", "Exchange").objects.iterator():
        made = Refund.objects.filter(carried_to__exchange=exchange)
        given = list(exchange.tickets.values_list("pk", flat=True))
        over = Refund.objects.filter(payment__booking=exchange.booking, tickets__in=given, carried_to=None)
        pks = [*made.values_list("pk", flat=True), *over.values_list("pk", flat=True)]
        Refund.objects.filter(pk__in=pks, exchange=None).update(exchange=exchange)


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_last_seen"),
        ("bookings", "0021_unpaid_holds"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="payment",
            name="payment_refunded_range",
        ),
        migrations.AddField(
            model_name="payment",
            name="received_amount",
            field=models.DecimalField(blank=True, decimal_places=3, max_digits=12, null=True, verbose_name="received"),
        ),
        migrations.AddField(
            model_name="payment",
            name="received_currency",
            field=models.CharField(blank=True, db_default="", max_length=3),
        ),
        migrations.AddField(
            model_name="payment",
            name="surplus_reason",
            field=models.CharField(
                blank=True,
                choices=[
                    ("other_amount", "another amount came than was asked for"),
                    ("other_currency", "it came in another currency than was asked for"),
                    ("amount_changed", "the amount due had changed"),
                    ("paid_already", "the booking was paid already"),
                    ("booking_canceled", "the booking was canceled"),
                    ("show_canceled", "the show was canceled"),
                    ("show_over", "the show was over"),
                    ("show_moved", "the show was moved"),
                    ("off_sale", "the show was no longer on sale"),
                    ("places_gone", "it came late, and the places were gone"),
                    ("over_limit", "it came late, and the customer had as many tickets as one may have"),
                    ("voucher_used", "it came late, and the voucher had been used"),
                    ("exchange_off", "the tickets to be exchanged were gone"),
                    ("exchange_used", "a ticket to be exchanged had been used"),
                    ("exchange_refunded", "the money of the tickets to be exchanged had gone back"),
                ],
                db_default="",
                max_length=20,
                verbose_name="why it bought nothing",
            ),
        ),
        migrations.AddField(
            model_name="refund",
            name="exchange",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="refunds",
                to="bookings.exchange",
            ),
        ),
        migrations.AddField(
            model_name="refund",
            name="source",
            field=models.CharField(
                choices=[
                    ("here", "asked for here"),
                    ("gateway", "made in the gateway’s own pages"),
                    ("chargeback", "chargeback"),
                ],
                db_default="here",
                default="here",
                max_length=10,
                verbose_name="origin",
            ),
        ),
        migrations.AddField(
            model_name="sandboxanswer",
            name="amount",
            field=models.DecimalField(blank=True, decimal_places=3, max_digits=12, null=True),
        ),
        migrations.AlterField(
            model_name="remedy",
            name="made_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.RunPython(fill_received, migrations.RunPython.noop),
        migrations.RunPython(fill_exchanges, migrations.RunPython.noop),
    ]
