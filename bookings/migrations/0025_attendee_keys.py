"""Keys by which tickets are found by the names on them, in any spelling."""

from collections.abc import Iterator
from typing import Any

from django.db import migrations

import lib.key_fields
from lib.search_keys import name_key

INDEX = "ticket_attendee_parts"
# 10,000 rows take 1 s.
BATCH = 2000


def fill_keys(apps: Any, schema_editor: Any) -> None:
    Ticket = apps.get_model("bookings", "Ticket")
    rows = Ticket.objects.exclude(attendee_name="").only("pk", "attendee_name").order_by()
    for batch in _batches(rows.iterator(BATCH)):
        for ticket in batch:
            ticket.attendee_key = name_key(ticket.attendee_name)
        Ticket.objects.bulk_update(batch, ["attendee_key"])


def _batches(rows: Iterator[Any]) -> Iterator[list[Any]]:
    batch: list[Any] = []
    for row in rows:
        batch.append(row)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def add_index(apps: Any, schema_editor: Any) -> None:
    """SQLite looks at each ticket with a name instead."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(
            f"CREATE INDEX {INDEX} ON bookings_ticket USING gin (attendee_key gin_trgm_ops) WHERE attendee_key <> ''"
        )


def remove_index(apps: Any, schema_editor: Any) -> None:
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(f"DROP INDEX IF EXISTS {INDEX}")


class Migration(migrations.Migration):
    dependencies = [("bookings", "0024_sentences")]

    operations = [
        migrations.AddField(
            "ticket", "attendee_key", lib.key_fields.KeyField("attendee_name", max_length=400, db_default="")
        ),
        migrations.RunPython(fill_keys, migrations.RunPython.noop),
        migrations.RunPython(add_index, remove_index),
    ]
