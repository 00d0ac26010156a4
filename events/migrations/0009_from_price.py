"""What the default ticket type costs, beside the lowest price of all."""

from typing import Any

from django.db import migrations, models
from django.db.models import Exists, F, Min, OuterRef, Q, Subquery


def find_from_prices(apps: Any, schema_editor: Any) -> None:
    """As `events/price_ranges.py` does."""
    show, price = apps.get_model("events", "Show"), apps.get_model("events", "Price")
    kind = "ticket_type__"
    first = Q(**{f"{kind}order__lt": OuterRef(f"{kind}order")})
    same_order = Q(**{f"{kind}order": OuterRef(f"{kind}order")})
    same_name = Q(**{f"{kind}name": OuterRef(f"{kind}name")})
    first |= same_order & Q(**{f"{kind}name__lt": OuterRef(f"{kind}name")})
    first |= same_order & same_name & Q(**{f"{kind}pk__lt": OuterRef(f"{kind}pk")})
    earlier = price.objects.filter(first, show=OuterRef("show"), category=OuterRef("category"))
    usual = price.objects.filter(show=OuterRef("pk")).order_by().exclude(Exists(earlier)).values("show")
    found = usual.annotate(least=Min("amount")).values("least")
    rows = show.objects.filter(lowest_price__isnull=False).order_by()
    # Without prices of its own, as volume tests make them, the lowest one is all that is known.
    rows.update(from_price=F("lowest_price"))
    rows.filter(Exists(price.objects.filter(show=OuterRef("pk")))).update(from_price=Subquery(found))


class Migration(migrations.Migration):
    dependencies = [("events", "0008_bounds")]

    operations = [
        migrations.AddField(
            model_name="show",
            name="from_price",
            field=models.DecimalField(blank=True, decimal_places=3, editable=False, max_digits=12, null=True),
        ),
        migrations.AlterField(
            model_name="tickettype",
            name="order",
            field=models.PositiveSmallIntegerField(
                default=0,
                help_text=(
                    "The first one that a category is sold at is the default: it is chosen for customers, "
                    "and pages give its price. The others are told as reductions."
                ),
                verbose_name="order",
            ),
        ),
        migrations.RunPython(find_from_prices, migrations.RunPython.noop, elidable=True),
        migrations.RemoveIndex(model_name="show", name="show_catalogue"),
        migrations.AddIndex(
            model_name="show",
            index=models.Index(
                fields=["state", "event", "starts_at", "hall", "from_price", "lowest_price", "language"],
                name="show_catalogue",
            ),
        ),
    ]
