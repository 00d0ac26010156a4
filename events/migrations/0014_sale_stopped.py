from typing import Any

from django.db import migrations, models
from django.db.models import F


def put_in_order(apps: Any, schema_editor: Any) -> None:
    """Mend rows that the constraints would refuse, so that nothing is sold or shut that was not before."""
    Show = apps.get_model("events", "Show")
    Show.objects.filter(doors_at__gt=F("starts_at")).update(doors_at=F("starts_at"))
    # A sale that was closed by hand before it opened.
    Show.objects.filter(sales_close_at__lte=F("sales_open_at")).update(
        sales_stopped_at=F("sales_close_at"), sales_close_at=None
    )
    # What was never sold on its own stays so.
    never = Show.objects.filter(sales_close_at=None, sales_open_at__gte=F("starts_at"))
    never.filter(sales_stopped_at=None).update(sales_stopped_at=F("sales_open_at"))
    never.update(sales_open_at=None)
    SalesRule = apps.get_model("events", "SalesRule")
    SalesRule.objects.filter(closes_at__lte=F("opens_at")).update(opens_at=None)


class Migration(migrations.Migration):
    dependencies = [("events", "0013_sentences")]

    operations = [
        migrations.AddField("show", "sales_stopped_at", models.DateTimeField(blank=True, editable=False, null=True)),
        migrations.RunPython(put_in_order, migrations.RunPython.noop),
    ]
