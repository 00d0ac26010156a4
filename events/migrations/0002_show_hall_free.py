"""Keep two live shows out of one hall at one time, cleaning included, on PostgreSQL.

SQLite has a guard for the same rule (`events/guards.py`).
"""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps


def add_constraint(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("CREATE EXTENSION IF NOT EXISTS btree_gist")
        schema_editor.execute(
            "ALTER TABLE events_show ADD CONSTRAINT show_hall_free EXCLUDE USING gist "
            "(hall_id WITH =, tstzrange(starts_at, cleared_at) WITH &&) WHERE (state <> 'canceled')"
        )


def remove_constraint(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("ALTER TABLE events_show DROP CONSTRAINT IF EXISTS show_hall_free")


class Migration(migrations.Migration):
    dependencies = [("events", "0001_initial")]

    operations = [migrations.RunPython(add_constraint, remove_constraint)]
