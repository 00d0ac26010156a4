import django.db.models.deletion
from django.db import migrations, models


def fill_ways(apps, schema_editor):
    """Write into its own column what was told by a word in the reference."""
    Refund = apps.get_model("bookings", "Refund")
    Refund.objects.filter(remedy_of__kind="outside").update(way="outside", reference="")


def empty_ways(apps, schema_editor):
    Refund = apps.get_model("bookings", "Refund")
    Remedy = apps.get_model("bookings", "Remedy")
    Refund.objects.filter(way="outside").update(reference="outside")
    Remedy.objects.filter(refund__isnull=True).delete()
    Remedy.objects.filter(refund__way="as_paid").update(kind="gateway")
    Remedy.objects.exclude(refund__way="as_paid").update(kind="outside")


class Migration(migrations.Migration):
    dependencies = [
        ("bookings", "0011_payment_newest"),
    ]

    operations = [
        migrations.AddField(
            model_name="refund",
            name="way",
            field=models.CharField(
                choices=[
                    ("as_paid", "the way it was paid"),
                    ("cash", "in cash at the counter"),
                    ("transfer", "by bank transfer"),
                    ("outside", "outside the system"),
                ],
                db_default="as_paid",
                default="as_paid",
                max_length=10,
                verbose_name="way",
            ),
        ),
        migrations.AlterField(
            model_name="refund",
            name="reference",
            field=models.CharField(blank=True, max_length=255, verbose_name="reference"),
        ),
        migrations.AlterField(
            model_name="remedy",
            name="refund",
            field=models.OneToOneField(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="remedy_of",
                to="bookings.refund",
            ),
        ),
        migrations.RunPython(fill_ways, empty_ways),
        migrations.RemoveField(
            model_name="remedy",
            name="kind",
        ),
        migrations.AddConstraint(
            model_name="refund",
            constraint=models.CheckConstraint(
                condition=models.Q(("reference", ""), ("way", "transfer"), _negated=True),
                name="refund_transfer_has_reference",
            ),
        ),
        migrations.AddConstraint(
            model_name="refund",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("way", "as_paid"),
                    models.Q(models.Q(("state", "failed"), _negated=True), ("carried_to__isnull", True)),
                    _connector="OR",
                ),
                name="refund_by_hand_succeeds",
            ),
        ),
        migrations.AddConstraint(
            model_name="remedy",
            constraint=models.CheckConstraint(
                condition=models.Q(("refund__isnull", False), ("failed__isnull", False), _connector="OR"),
                name="remedy_of_something",
            ),
        ),
    ]
