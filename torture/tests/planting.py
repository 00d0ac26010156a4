"""A finished world into which faults are planted, each with the check that has to find it.

Whatever guards the database has are dropped first. The faults are in `planted.py` and `planted_told.py`.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

# A booking by a customer of the sandbox, paid, with tickets that cost something. Nothing else has happened to it.
_PAID = """
    SELECT b.id FROM bookings_booking b
    JOIN payments_payment p ON p.booking_id = b.id AND p.state = 'captured' AND p.gateway = 'sandbox'
    JOIN bookings_ticket t ON t.booking_id = b.id AND t.state = 'issued'
    WHERE b.state = 'confirmed' AND b.total > 0 AND p.refunded = 0 AND t.amount > 0
        AND NOT EXISTS (SELECT 1 FROM bookings_exchange e WHERE e.booking_id = b.id)
        AND NOT EXISTS (SELECT 1 FROM show_changes_canceledbooking c WHERE c.booking_id = b.id)
        AND NOT EXISTS (SELECT 1 FROM bookings_ticket o WHERE o.booking_id = b.id AND o.amount = 0)
    ORDER BY b.id LIMIT 1
"""
NOW = "strftime('%Y-%m-%d %H:%M:%f', 'now')"


@dataclass
class World:
    folder: Path
    database: sqlite3.Connection

    def run(self, sql: str, **values: Any) -> None:
        done = self.database.execute(sql, {**values, "paid": self.paid})
        assert done.rowcount > 0, f"There was nothing to plant into: {sql}"

    def one(self, sql: str, **values: Any) -> Any:
        row = self.database.execute(sql, values).fetchone()
        assert row is not None, f"There is no such row: {sql}"
        return row[0]

    @property
    def paid(self) -> int:
        return self.database.execute(_PAID).fetchone()[0]

    @property
    def payment(self) -> int:
        return self.one(
            "SELECT id FROM payments_payment WHERE booking_id = :paid AND state = 'captured'", paid=self.paid
        )

    def copy(self, table: str, pk: int, /, **changes: Any) -> None:
        """Insert a copy of a row, with these columns changed."""
        cursor = self.database.execute(f"SELECT * FROM {table} WHERE id = ?", [pk])
        row = dict(zip([column[0] for column in cursor.description], cursor.fetchone(), strict=True)) | changes
        del row["id"]
        self.insert(table, **row)

    def keep(self, **columns: Any) -> None:
        """Let the paid booking be a reservation."""
        self.insert("bookings_reservation", booking_id=self.paid, made_by_id=1, **columns)

    def insert(self, table: str, **row: Any) -> None:
        """Insert a row; a column that must not be empty, and is not given, gets an empty text or zero."""
        columns = self.database.execute(f"PRAGMA table_info({table})").fetchall()
        for _number, name, kind, must_be_given, _default, is_key in columns:
            if must_be_given and not is_key:
                row.setdefault(name, "" if "char" in kind or kind == "text" else 0)
        names = [f'"{name}"' for name in row]
        self.database.execute(
            f"INSERT INTO {table} ({', '.join(names)}) VALUES ({', '.join('?' * len(row))})", list(row.values())
        )

    def tell(self, fact: str, **about: Any) -> None:
        with (self.folder / "diaries" / "planted-000.jsonl").open("a") as diary:
            print(json.dumps({"at": 0, "fact": fact, **about}), file=diary)

    def mail(self) -> Path:
        """Return the only file of a message that may not have come twice."""
        key = self.one("SELECT unique_key FROM notifications_notification WHERE state = 'sent' AND error = ''")
        digest = sha256(key.encode()).hexdigest()[:32].encode()
        return next(file for file in (self.folder / "mails").iterdir() if digest in file.read_bytes())


Plant = Callable[[World], None]
PLANTED: list[tuple[str, Plant]] = []


def found_by(check: str) -> Callable[[Plant], Plant]:
    def note(plant: Plant) -> Plant:
        PLANTED.append((check, plant))
        return plant

    return note
