"""Let the console's lists and its search read by an index what they read of 100,000 bookings."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

# Of references, read from their ends; SQLite looks at each.
ENDINGS = {"payment_reference_ending": "bookings_payment", "refund_reference_ending": "bookings_refund"}


def add_endings(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    if schema_editor.connection.vendor == "postgresql":
        for name, table in ENDINGS.items():
            schema_editor.execute(f"CREATE INDEX {name} ON {table} (reverse(upper(reference)) text_pattern_ops)")


def remove_endings(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    if schema_editor.connection.vendor == "postgresql":
        for name in ENDINGS:
            schema_editor.execute(f"DROP INDEX IF EXISTS {name}")


class Migration(migrations.Migration):
    dependencies = [("bookings", "0013_exchange_kept")]

    operations = [
        migrations.AddIndex(
            model_name="payment",
            index=models.Index(condition=models.Q(("state", "surplus")), fields=["created_at"], name="payment_surplus"),
        ),
        migrations.AddIndex(
            model_name="ticket", index=models.Index(fields=["show", "state"], name="ticket_show_state")
        ),
        migrations.AlterField(
            model_name="ticket",
            name="show",
            field=models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="tickets", to="events.show"
            ),
        ),
        migrations.RunPython(add_endings, remove_endings),
    ]
