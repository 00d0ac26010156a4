"""Codes of vouchers are a theater's own, and compared without case."""

from collections.abc import Iterator
from typing import Any

from django.db import migrations, models

import bookings.models.vouchers
import lib.key_fields
from lib.search_keys import voucher_key


def fill_keys(apps: Any, schema_editor: Any) -> None:
    """Two codes of a theater that differ in case alone can't both stay: the younger one gets a number."""
    vouchers = apps.get_model("bookings", "Voucher").objects.using(schema_editor.connection.alias)
    taken: set[tuple[int, str]] = set()
    for voucher in vouchers.order_by("pk"):
        code = next(one for one in _spellings(voucher.code) if (voucher.theater_id, voucher_key(one)) not in taken)
        taken.add((voucher.theater_id, voucher_key(code)))
        vouchers.filter(pk=voucher.pk).update(code=code, code_key=voucher_key(code))


def _spellings(code: str) -> Iterator[str]:
    yield code
    for number in range(2, 1000):
        yield f"{code[:36]}-{number}"


class Migration(migrations.Migration):
    dependencies = [("bookings", "0017_search_by_words")]

    operations = [
        migrations.AddField("voucher", "code_key", lib.key_fields.KeyField("code", max_length=200)),
        migrations.AddField(
            "voucher",
            "needs_account",
            models.BooleanField(
                default=False,
                help_text="Customers sign in to use it, with an e-mail address that they have confirmed.",
                verbose_name="only with an account",
            ),
        ),
        migrations.AlterField(
            "voucher",
            "code",
            models.CharField(
                default=bookings.models.vouchers.make_voucher_code,
                help_text="Customers may type it in capitals or small letters. "
                "A word is easily guessed; this one is not.",
                max_length=40,
                verbose_name="code",
            ),
        ),
        migrations.AlterField(
            "voucher",
            "limit_per_customer",
            models.PositiveIntegerField(
                default=1,
                help_text="Counted by account and by e-mail address. Guests can type another address: "
                "a limit that must hold needs “only with an account”.",
                verbose_name="uses per customer",
            ),
        ),
        migrations.RunPython(fill_keys, migrations.RunPython.noop),
        migrations.AddConstraint(
            "voucher",
            models.UniqueConstraint(
                fields=("theater", "code_key"),
                name="voucher_code_of_theater",
                violation_error_message="This theater has a voucher with this code already.",
            ),
        ),
    ]
