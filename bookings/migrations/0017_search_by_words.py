"""Let the console's search find a part of a name or an address by an index, also where it finds nobody."""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

INDEX = "booking_name_and_email_parts"


def add_index(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """SQLite looks at each booking instead."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
        schema_editor.execute(
            f"CREATE INDEX {INDEX} ON bookings_booking USING gin (name_key gin_trgm_ops, email gin_trgm_ops)"
        )


def remove_index(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(f"DROP INDEX IF EXISTS {INDEX}")


class Migration(migrations.Migration):
    dependencies = [("bookings", "0016_canceled_together")]

    operations = [migrations.RunPython(add_index, remove_index)]
