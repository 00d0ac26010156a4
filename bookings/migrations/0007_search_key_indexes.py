"""Indexes of the keys by which staff find bookings, made after the keys were filled."""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("bookings", "0006_exchanges_and_search_keys")]

    operations = [
        migrations.AddIndex(
            "booking", models.Index(fields=["phone_key"], condition=~Q(phone_key=""), name="booking_phone")
        ),
        migrations.AddIndex("booking", models.Index(fields=["name_key"], name="booking_name")),
    ]
