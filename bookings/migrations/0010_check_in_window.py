"""Check-ins that come too early, and calls that are repeated."""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("bookings", "0009_move_shows")]

    operations = [
        migrations.AddField("checkin", "key", models.CharField(blank=True, editable=False, max_length=80, null=True)),
        migrations.AlterField(
            "checkin",
            "reason",
            models.CharField(
                blank=True,
                choices=[
                    ("not_issued", "The ticket is not paid."),
                    ("canceled", "The ticket was canceled."),
                    ("show_canceled", "The show is canceled."),
                    ("other_show", "The ticket is for another show."),
                    ("too_early", "Too early: the doors of its show are not open yet."),
                    ("over", "The show is over."),
                    ("not_inside", "The ticket is not inside."),
                ],
                max_length=15,
            ),
        ),
        migrations.AddConstraint(
            "checkin",
            models.UniqueConstraint(condition=Q(key__isnull=False), fields=("by", "key"), name="check_in_key_once"),
        ),
    ]
