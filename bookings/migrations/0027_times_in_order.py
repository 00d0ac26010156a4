from datetime import timedelta
from typing import Any

from django.db import migrations, models
from django.db.models import F


def put_in_order(apps: Any, schema_editor: Any) -> None:
    """Let a voucher that could never be used be good for a second."""
    Voucher = apps.get_model("bookings", "Voucher")
    Voucher.objects.filter(ends_at__lte=F("starts_at")).update(ends_at=F("starts_at") + timedelta(seconds=1))
    Drawer = apps.get_model("bookings", "Drawer")
    Drawer.objects.filter(closed_at__lt=F("opened_at")).update(closed_at=F("opened_at"))


class Migration(migrations.Migration):
    dependencies = [("bookings", "0026_export_columns")]

    operations = [
        migrations.RunPython(put_in_order, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name="drawer",
            constraint=models.CheckConstraint(
                condition=models.Q(("closed_at", None), ("closed_at__gte", models.F("opened_at")), _connector="OR"),
                name="drawer_closes_after_opening",
                violation_error_message="A drawer closes after it was opened.",
            ),
        ),
        migrations.AddConstraint(
            model_name="voucher",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("ends_at", None), ("starts_at", None), ("ends_at__gt", models.F("starts_at")), _connector="OR"
                ),
                name="voucher_ends_after_start",
                violation_error_message="A voucher ends after it starts.",
            ),
        ),
    ]
