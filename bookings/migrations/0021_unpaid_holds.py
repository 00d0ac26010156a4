from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("bookings", "0020_bounds"),
        ("events", "0010_show_needs_account"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="booking",
            name="network_key",
            field=models.CharField(blank=True, default="", editable=False, max_length=24),
        ),
        migrations.AddIndex(
            model_name="booking",
            index=models.Index(condition=models.Q(("state", "expired")), fields=["expires_at"], name="booking_expired"),
        ),
        migrations.AddIndex(
            model_name="booking",
            index=models.Index(
                condition=models.Q(("network_key", ""), _negated=True),
                fields=["show", "network_key"],
                name="booking_network",
            ),
        ),
    ]
