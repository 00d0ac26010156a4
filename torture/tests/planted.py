"""Faults to plant into a finished world, each with the check that has to find it.

Whatever guards the database has are dropped first. A fault that clients would have been told of is planted as a line
in a diary: to the auditor, a check-in that was acknowledged and then lost is a fact without its row.
"""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import uuid4

# A booking by a customer of the sandbox, paid, with a ticket for a seat.
_PAID = """
    SELECT b.id FROM bookings_booking b
    JOIN payments_payment p ON p.booking_id = b.id AND p.state = 'captured' AND p.gateway = 'sandbox'
    JOIN bookings_ticket t ON t.booking_id = b.id AND t.state = 'issued'
    WHERE b.state = 'confirmed' AND b.total > 0 AND p.refunded = 0 ORDER BY b.id LIMIT 1
"""
_NOW = "strftime('%Y-%m-%d %H:%M:%f', 'now')"


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


# Places


@found_by("no seat is taken twice")
def a_guard_is_dropped_and_a_seat_sold_again(world: World) -> None:
    seat = world.one("SELECT id FROM bookings_ticket WHERE seat_id IS NOT NULL AND state = 'issued'")
    world.copy("bookings_ticket", seat, code="TWICE")


@found_by("areas count their tickets")
def the_counter_of_an_area_is_off_by_one(world: World) -> None:
    world.run("UPDATE events_showarea SET taken = taken + 1 WHERE id = (SELECT MIN(id) FROM events_showarea)")


@found_by("vouchers count their uses")
def a_voucher_is_used_beyond_its_limit(world: World) -> None:
    world.run('UPDATE bookings_voucher SET used = "limit" + 1 WHERE id = (SELECT MIN(id) FROM bookings_voucher)')


@found_by("no hall is taken twice")
def two_shows_are_in_a_hall_at_once(world: World) -> None:
    hall = world.one("SELECT hall_id FROM events_show WHERE state <> 'canceled' GROUP BY 1 HAVING COUNT(*) > 1")
    world.run(
        "UPDATE events_show SET cleared_at = '2099-01-01 00:00:00', state = 'on_sale' WHERE hall_id = :hall", hall=hall
    )


@found_by("tickets are as their bookings")
def a_paid_booking_has_no_ticket(world: World) -> None:
    world.run("UPDATE bookings_ticket SET state = 'released' WHERE booking_id = :paid")


@found_by("people go in once")
def a_person_goes_in_twice(world: World) -> None:
    ticket = world.one("SELECT id FROM bookings_ticket WHERE state = 'issued'")
    for passage in (101, 103):
        world.insert(
            "door_checkin", ticket_id=ticket, gate="A", direction="in", result="admitted", passage=passage,
            at="2026-01-01 00:00:00", key=str(passage),
        )  # fmt: skip


@found_by("canceled shows have no tickets")
def a_canceled_show_keeps_its_tickets(world: World) -> None:
    sold = "SELECT show_id FROM bookings_ticket WHERE state = 'issued'"
    world.run(f"UPDATE events_show SET state = 'canceled' WHERE id IN ({sold})")


# Money


@found_by("bookings cost what their tickets cost")
def a_total_is_off_by_a_cent(world: World) -> None:
    world.run("UPDATE bookings_booking SET total = total + 0.01 WHERE id = :paid")


@found_by("bookings are paid once")
def a_payment_is_lost(world: World) -> None:
    world.run("UPDATE payments_payment SET state = 'abandoned', received_amount = NULL WHERE booking_id = :paid")


@found_by("bookings are paid once")
def a_booking_is_paid_twice(world: World) -> None:
    world.copy("payments_payment", world.payment, key=uuid4().hex)


@found_by("payments have their currency")
def a_payment_has_half_a_yen(world: World) -> None:
    world.run(
        "UPDATE payments_payment SET currency = 'JPY', received_amount = received_amount + 0.5 WHERE booking_id = :paid"
    )


@found_by("refunds stay within payments")
def a_refund_is_made_twice(world: World) -> None:
    plant_refunds(world, 2)


@found_by("refunds stay within payments")
def a_refund_is_not_counted(world: World) -> None:
    plant_refunds(world, 1)


def plant_refunds(world: World, times: int, **columns: Any) -> None:
    amount = world.one("SELECT amount FROM payments_payment WHERE id = :key", key=world.payment)
    for _ in range(times):
        world.insert(
            "payments_refund",
            **{
                "payment_id": world.payment, "source": "here", "amount": amount, "state": "succeeded", "way": "as_paid",
                "key": uuid4().hex, "created_at": "2026-01-01 00:00:00", **columns,
            },
        )  # fmt: skip


@found_by("refunds have lines within them")
def a_refund_has_lines_over_more_than_it_is(world: World) -> None:
    plant_refunds(world, 1)
    refund = world.one("SELECT MAX(id) FROM payments_refund")
    ticket = world.one("SELECT MIN(id) FROM bookings_ticket WHERE booking_id = :paid", paid=world.paid)
    world.insert("payments_refundline", refund_id=refund, ticket_id=ticket, amount=1_000_000)


@found_by("money that bought nothing goes back")
def late_money_is_kept(world: World) -> None:
    world.copy("payments_payment", world.payment, key=uuid4().hex, state="surplus", surplus_reason="places_gone")


@found_by("tickets that were given back are refunded")
def a_canceled_booking_is_not_refunded(world: World) -> None:
    world.run("UPDATE bookings_ticket SET state = 'canceled' WHERE booking_id = :paid")
    world.run("UPDATE bookings_booking SET state = 'canceled' WHERE id = :paid")


@found_by("canceled tickets are refunded")
def a_canceled_ticket_is_not_refunded(world: World) -> None:
    ticket = world.one(
        "SELECT MIN(id) FROM bookings_ticket WHERE booking_id = :paid AND state = 'issued'", paid=world.paid
    )
    world.run("UPDATE bookings_ticket SET state = 'canceled' WHERE id = :ticket", ticket=ticket)


@found_by("cash is in drawers")
def cash_is_in_no_drawer(world: World) -> None:
    world.run("UPDATE payments_payment SET gateway = 'cash' WHERE booking_id = :paid")


@found_by("drawers balance")
def a_drawer_is_off_by_a_cent(world: World) -> None:
    entries = "SELECT COALESCE(SUM(CASE WHEN kind IN ('sale', 'pay_in') THEN amount ELSE -amount END), 0)"
    world.run(
        f"UPDATE payments_drawer SET closed_at = {_NOW}, expected = opening_float + 0.01 + "
        f"({entries} FROM payments_drawerentry e WHERE e.drawer_id = payments_drawer.id)"
    )


# Messages


@found_by("messages arrive once")
def a_mail_is_lost(world: World) -> None:
    world.mail().unlink()


@found_by("messages arrive once")
def a_mail_comes_twice(world: World) -> None:
    shutil.copy(world.mail(), world.folder / "mails" / "again.eml")


@found_by("no message comes unasked")
def a_mail_comes_that_nobody_asked_for(world: World) -> None:
    (world.folder / "mails" / "other.eml").write_text("Message-ID: <other@localhost>\n\nHello")


@found_by("messages are sent")
def a_message_waits_for_ever(world: World) -> None:
    first = world.one("SELECT MIN(id) FROM notifications_notification")
    world.run("UPDATE notifications_notification SET state = 'sending' WHERE id = :first", first=first)


@found_by("customers are told")
def a_customer_gets_no_tickets(world: World) -> None:
    world.run("DELETE FROM notifications_notification WHERE kind = 'booking_confirmed'")


# What would never end


@found_by("holds end")
def a_hold_is_never_freed(world: World) -> None:
    world.run("UPDATE bookings_booking SET state = 'held', expires_at = '2026-01-01 00:00:00' WHERE id = :paid")


@found_by("payments end")
def a_payment_is_open_for_ever(world: World) -> None:
    world.copy("payments_payment", world.payment, key=uuid4().hex, state="started", received_amount=None)


@found_by("refunds end")
def a_refund_is_pending_for_ever(world: World) -> None:
    plant_refunds(world, 1, state="pending")


@found_by("show cancellations end")
def a_canceled_show_forgets_a_booking(world: World) -> None:
    world.insert(
        "show_changes_canceledbooking", cancellation_id=1, booking_id=world.paid, state="waiting",
    )  # fmt: skip


@found_by("offers follow their bookings")
def an_offer_outlives_its_hold(world: World) -> None:
    world.insert(
        "waiting_list_waitinglistentry", code="PLANTED", show_id=1, email="a@example.com", party_size=1,
        sits_together=True, needs_accessible=False, state="offered", booking_id=world.paid, locale="en",
        joined_at="2026-01-01 00:00:00",
    )  # fmt: skip


# What clients were told


@found_by("no answer is an error")
def a_request_fails(world: World) -> None:
    with (world.folder / "diaries" / "planted-000.jsonl").open("a") as diary:
        print(json.dumps({"at": 0, "status": 500, "to": ""}), file=diary)


@found_by("holds are there")
def an_acknowledged_booking_is_deleted(world: World) -> None:
    world.run("UPDATE bookings_booking SET code = 'GONE' || id WHERE id = :paid")


@found_by("holds are there")
def a_key_makes_two_bookings(world: World) -> None:
    for row in world.database.execute("SELECT code FROM bookings_booking LIMIT 2").fetchall():
        world.tell("held", code=row[0], key="same")


@found_by("paid bookings are confirmed")
def a_paid_booking_is_not_confirmed(world: World) -> None:
    code = world.one("SELECT code FROM bookings_booking WHERE id = :paid", paid=world.paid)
    world.tell("paid", code=code)
    world.run("UPDATE bookings_booking SET confirmed_at = NULL, state = 'expired' WHERE id = :paid")


@found_by("canceled tickets are canceled")
def a_canceled_ticket_is_valid(world: World) -> None:
    ticket = world.one("SELECT code FROM bookings_ticket WHERE state = 'issued'")
    world.tell("canceled", code=world.one("SELECT code FROM bookings_booking"), tickets=[ticket])


@found_by("webhooks are acted on")
def a_webhook_has_no_effect(world: World) -> None:
    world.tell("webhook", event="planted", word="accepted", kind="payment.paid", payment=str(uuid4()), amount=1)


@found_by("webhooks are acted on")
def a_forged_webhook_is_accepted(world: World) -> None:
    world.tell("forged", way="wrong secret", event="forged", status=200, word="accepted")


@found_by("decisions at the gateway are known")
def an_approved_payment_is_unknown(world: World) -> None:
    world.tell("decided", payment=str(uuid4()), code="X", decision="approve")


@found_by("people who were let in are in")
def a_check_in_is_lost(world: World) -> None:
    world.tell("admitted", ticket="X", gate="A", direction="in", key="planted")


@found_by("cash moved as told")
def a_closed_drawer_is_open(world: World) -> None:
    world.tell("drawer closed", drawer=-1)


@found_by("refunds are there")
def a_refund_by_staff_is_lost(world: World) -> None:
    world.tell("refunded", code="X", key=str(uuid4()))


@found_by("exchanged tickets are there")
def an_exchange_is_lost(world: World) -> None:
    code = world.one("SELECT code FROM bookings_booking WHERE id = :paid", paid=world.paid)
    world.tell("exchanged", code=code, show=world.one("SELECT code FROM events_show"), seat=-1)


@found_by("payments are put right")
def a_remedy_is_lost(world: World) -> None:
    world.tell("put right", payment=world.payment, remedy="cash")


@found_by("payments are put right")
def a_customer_who_was_seated_after_all_has_no_booking(world: World) -> None:
    world.run("UPDATE payments_payment SET state = 'surplus' WHERE id = :payment", payment=world.payment)
    world.tell("put right", payment=world.payment, remedy="same")


@found_by("people are erased")
def an_erased_person_is_still_there(world: World) -> None:
    world.tell("erased", email="customer-0@example.com")


@found_by("people wait in line")
def a_place_in_line_is_lost(world: World) -> None:
    world.database.execute("DELETE FROM waiting_list_waitinglistentry_categories")
    world.database.execute("DELETE FROM waiting_list_waitinglistentry")
    world.tell("joined", email="customer-0@example.com", show=world.one("SELECT MIN(code) FROM events_show"))


@found_by("shows are canceled")
def a_canceled_show_is_on_sale(world: World) -> None:
    world.tell("show canceled", show=world.one("SELECT code FROM events_show WHERE state = 'on_sale'"))


@found_by("staff leave a trace")
def an_entry_of_the_audit_log_is_missing(world: World) -> None:
    world.run("DELETE FROM accounts_auditentry WHERE action = 'open drawer'")
