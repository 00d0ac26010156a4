"""Keys by which people are found in any spelling."""

from collections.abc import Iterator
from typing import Any

from django.db import migrations

import lib.key_fields
from lib.search_keys import name_key, phone_key

# 10,000 rows take 1 s.
BATCH = 2000


def fill_keys(apps: Any, schema_editor: Any) -> None:
    User = apps.get_model("accounts", "User")
    rows = User.objects.exclude(name="", phone="").only("pk", "name", "phone").order_by()
    for batch in _batches(rows.iterator(BATCH)):
        for user in batch:
            user.name_key, user.phone_key = name_key(user.name), phone_key(user.phone)
        User.objects.bulk_update(batch, ["name_key", "phone_key"])


def _batches(rows: Iterator[Any]) -> Iterator[list[Any]]:
    batch: list[Any] = []
    for row in rows:
        batch.append(row)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


class Migration(migrations.Migration):
    dependencies = [("accounts", "0004_erased_at")]

    operations = [
        migrations.AddField("user", "name_key", lib.key_fields.KeyField("name", max_length=400)),
        migrations.AddField("user", "phone_key", lib.key_fields.KeyField("phone", max_length=40)),
        migrations.RunPython(fill_keys, migrations.RunPython.noop),
    ]
