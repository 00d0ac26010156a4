"""Everything that the auditor reads, by SQL of its own: rows of the database, messages that arrived, and diaries."""

from __future__ import annotations

import json
import re
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from decimal import Decimal
from email import message_from_bytes
from functools import cached_property
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import psycopg

# Of the columns that are read; what they hold is the same on both databases then.
AMOUNTS = {
    "amount", "total", "credit", "fees", "credited", "received_amount", "refunded", "opening_float", "expected",
    "counted", "discount", "price",
}  # fmt: skip
MOMENTS = {
    "expires_at", "confirmed_at", "canceled_at", "starts_at", "cleared_at", "closed_at", "created_at", "erased_at",
    "next_attempt_at", "until",
}  # fmt: skip
THOUSANDTH = Decimal("0.001")
LIVE = ("held", "issued")


class Books:
    def __init__(self, folder: Path, database: str = "") -> None:
        self.folder = folder
        self.plan = json.loads((folder / "plan.json").read_text())
        database = database or self.plan["database"]
        self._connection: Any = (
            sqlite3.connect(database.removeprefix("sqlite:///"))
            if database.startswith("sqlite")
            else psycopg.connect(database)
        )

    def __enter__(self) -> Books:
        return self

    def __exit__(self, *error: object) -> None:
        self._connection.close()

    def read(self, table: str, columns: str, *, key: str = "id") -> list[Any]:
        """Return all rows, in order of their keys, with these columns as attributes."""
        names = [key, *columns.removeprefix(key).split()]
        cursor = self._connection.cursor()
        cursor.execute(f"SELECT {', '.join(names)} FROM {table} ORDER BY {key}")
        return [
            SimpleNamespace(**{n.strip('"'): _read(n, v) for n, v in zip(names, row, strict=True)})
            for row in cursor.fetchall()
        ]

    @cached_property
    def bookings(self) -> list[Any]:
        return self.read(
            "bookings_booking",
            "code theater_id customer_id email name note kind state channel expires_at confirmed_at currency total "
            "voucher_id",
        )

    @cached_property
    def reservations(self) -> list[Any]:
        return self.read("bookings_reservation", "booking_id until", key="booking_id")

    @cached_property
    def tickets(self) -> list[Any]:
        return self.read(
            "bookings_ticket",
            "booking_id show_id seat_id area_id state code amount fees credited price discount exchange_id",
        )

    @cached_property
    def payments(self) -> list[Any]:
        return self.read(
            "payments_payment",
            "booking_id gateway amount currency received_amount refunded state key exchange_id created_at",
        )

    @cached_property
    def refunds(self) -> list[Any]:
        return self.read("payments_refund", "payment_id source amount state way key reason")

    @cached_property
    def remedies(self) -> list[Any]:
        return self.read("payments_remedy", "refund_id failed_id")

    @cached_property
    def lines(self) -> list[Any]:
        return self.read("payments_refundline", "refund_id ticket_id amount")

    @cached_property
    def drawers(self) -> list[Any]:
        return self.read("payments_drawer", "theater_id person_id opening_float closed_at expected counted")

    @cached_property
    def entries(self) -> list[Any]:
        return self.read("payments_drawerentry", "drawer_id kind amount payment_id refund_id key")

    @cached_property
    def events(self) -> list[Any]:
        return self.read("payments_gatewayevent", "event_id kind")

    @cached_property
    def shows(self) -> list[Any]:
        return self.read("events_show", "code hall_id seat_map_id starts_at cleared_at state")

    @cached_property
    def seats(self) -> list[Any]:
        return self.read("theaters_seat", "seat_map_id guid")

    @cached_property
    def map_of_seat(self) -> dict[int, int]:
        return {row.id: row.seat_map_id for row in self.seats}

    @cached_property
    def map_of_area(self) -> dict[int, int]:
        return {row.id: row.seat_map_id for row in self.read("theaters_area", "seat_map_id")}

    @cached_property
    def updated_shows(self) -> list[Any]:
        return self.read("show_changes_updatedshow", "show_id state error")

    @cached_property
    def areas(self) -> list[Any]:
        return self.read("events_showarea", "show_id area_id capacity taken")

    @cached_property
    def vouchers(self) -> list[Any]:
        return self.read("bookings_voucher", 'code used "limit"')

    @cached_property
    def check_ins(self) -> list[Any]:
        return self.read("door_checkin", "ticket_id direction result passage key note")

    @cached_property
    def notifications(self) -> list[Any]:
        return self.read("notifications_notification", "kind channel recipient unique_key state attempts error about")

    @cached_property
    def exchanges(self) -> list[Any]:
        return self.read("bookings_exchange", "booking_id hold_id")

    @cached_property
    def waiting(self) -> list[Any]:
        return self.read("waiting_list_waitinglistentry", "show_id customer_id email state booking_id")

    @cached_property
    def cancellations(self) -> list[Any]:
        return self.read("show_changes_showcancellation", "show_id")

    @cached_property
    def canceled_bookings(self) -> list[Any]:
        return self.read("show_changes_canceledbooking", "cancellation_id booking_id state amount has_returned_voucher")

    @cached_property
    def canceled_refunds(self) -> list[Any]:
        return self.read("show_changes_canceledbooking_refunds", "canceledbooking_id refund_id")

    @cached_property
    def users(self) -> list[Any]:
        return self.read("accounts_user", "email erased_at")

    @cached_property
    def audit(self) -> list[Any]:
        return self.read("accounts_auditentry", "action object_id object_name by_id")

    @cached_property
    def mails(self) -> Counter[str]:
        """How often each message arrived, by its Message-ID."""
        files = sorted((self.folder / "mails").glob("*.eml"))
        return Counter(str(message_from_bytes(file.read_bytes())["Message-ID"]).strip() for file in files)

    @cached_property
    def facts(self) -> list[Any]:
        """What clients were told, in order."""
        lines = [
            {"client": file.stem, **json.loads(line)}
            for file in sorted((self.folder / "diaries").glob("*.jsonl"))
            for line in file.read_text().splitlines()
            if '"fact"' in line
        ]
        return [SimpleNamespace(**line) for line in sorted(lines, key=lambda line: line["at"])]

    @cached_property
    def answers(self) -> Counter[int]:
        """How many answers clients got, by status."""
        files = (self.folder / "diaries").glob("*.jsonl")
        return Counter(
            int(status) for file in files for status in re.findall(r'"status": (\d{3}), "to"', file.read_text())
        )

    @cached_property
    def failures(self) -> list[str]:
        """A line for each answer 500, with the request that its client sent last."""
        found = []
        for file in sorted((self.folder / "diaries").glob("*.jsonl")):
            sent = ""
            for line in map(json.loads, file.read_text().splitlines()):
                sent = line.get("sent", sent)
                if line.get("status") == 500:
                    at = f"{datetime.fromtimestamp(line['at'], UTC):%H:%M:%S}"
                    found.append(f"{file.stem} at {at}: “{sent}” was answered 500 {line.get('error', '')}".strip())
        return found

    def told(self, *facts: str) -> list[Any]:
        return [fact for fact in self.facts if fact.fact in facts]

    # By key

    @cached_property
    def booking(self) -> dict[int, Any]:
        return by(self.bookings, "id")

    @cached_property
    def booking_of(self) -> dict[str, Any]:
        return by(self.bookings, "code")

    @cached_property
    def ticket(self) -> dict[int, Any]:
        return by(self.tickets, "id")

    @cached_property
    def payment(self) -> dict[int, Any]:
        return by(self.payments, "id")

    @cached_property
    def tickets_of(self) -> dict[int, list[Any]]:
        return group(self.tickets, lambda ticket: ticket.booking_id)

    @cached_property
    def payments_of(self) -> dict[int, list[Any]]:
        return group(self.payments, lambda payment: payment.booking_id)

    @cached_property
    def refunds_of(self) -> dict[int, list[Any]]:
        """Refunds by payment."""
        return group(self.refunds, lambda refund: refund.payment_id)

    @cached_property
    def replaced(self) -> set[int]:
        """Failed refunds that another one, or something else, stands for."""
        return {remedy.failed_id for remedy in self.remedies if remedy.failed_id}


def by(rows: Iterable[Any], name: str) -> dict[Any, Any]:
    return {getattr(row, name): row for row in rows}


def group(rows: Iterable[Any], key: Callable[[Any], Any]) -> dict[Any, list[Any]]:
    found: dict[Any, list[Any]] = defaultdict(list)
    for row in rows:
        found[key(row)].append(row)
    return found


def _read(name: str, value: Any) -> Any:
    if value is None:
        return None
    if name in AMOUNTS:
        return Decimal(str(value)).quantize(THOUSANDTH)
    if name in MOMENTS:
        moment = datetime.fromisoformat(value) if isinstance(value, str) else value
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    if name == "key":
        return re.sub("-", "", str(value))
    return value
