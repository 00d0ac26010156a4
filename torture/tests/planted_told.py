"""Faults of which clients would have been told: planted as lines in a diary, each with the check that has to find it.

To the auditor, a check-in that was acknowledged and then lost is a fact without its row.
"""

from __future__ import annotations

import json
from uuid import uuid4

from torture.tests.planting import World, found_by


@found_by("no answer is an error")
def a_request_fails(world: World) -> None:
    with (world.folder / "diaries" / "planted-000.jsonl").open("a") as diary:
        print(json.dumps({"at": 0, "status": 500, "to": ""}), file=diary)


@found_by("tokens are accepted")
def a_new_token_is_refused(world: World) -> None:
    world.tell("token given", email="customer-0@example.com", is_accepted=False)


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


@found_by("places are set aside")
def a_reservation_is_lost(world: World) -> None:
    world.tell("reserved", name="Planted")


@found_by("places are set aside")
def a_house_hold_is_lost(world: World) -> None:
    world.tell("kept", reason="Planted", until="")


@found_by("canceled shows are paid out")
def a_booking_is_paid_out_without_a_refund(world: World) -> None:
    world.insert("show_changes_canceledbooking", cancellation_id=1, booking_id=world.paid, state="done", amount=1)
    world.tell("paid out", row=world.one("SELECT MAX(id) FROM show_changes_canceledbooking"))


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
