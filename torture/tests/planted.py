"""Faults to plant into a finished world: in places, in money, in messages, and what would never end."""

from __future__ import annotations

import shutil
from typing import Any
from uuid import uuid4

from torture.tests.planting import NOW, World, found_by

# Places


@found_by("no seat is taken twice")
def a_guard_is_dropped_and_a_seat_sold_again(world: World) -> None:
    seat = world.one("SELECT id FROM bookings_ticket WHERE seat_id IS NOT NULL AND state = 'issued'")
    world.copy("bookings_ticket", seat, code="TWICE")


@found_by("tickets are on the map of their show")
def a_show_leaves_its_tickets_behind(world: World) -> None:
    sold = "SELECT show_id FROM bookings_ticket WHERE state = 'issued'"
    world.run(f"UPDATE events_show SET seat_map_id = 0 WHERE id IN ({sold})")


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


@found_by("kept places stay kept")
def a_house_hold_without_end_ends(world: World) -> None:
    world.run("UPDATE bookings_booking SET kind = 'house', note = 'Planted', state = 'expired' WHERE id = :paid")
    world.tell("kept", reason="Planted", until="")


@found_by("kept places stay kept")
def a_reservation_is_free_before_its_time(world: World) -> None:
    world.keep(until="2099-01-01 00:00:00")
    world.run("UPDATE bookings_booking SET state = 'expired', expires_at = '2026-01-01 00:00:00' WHERE id = :paid")


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
        f"UPDATE payments_drawer SET closed_at = {NOW}, expected = opening_float + 0.01 + "
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


@found_by("updates of seat maps end")
def a_show_waits_for_its_new_map_for_ever(world: World) -> None:
    world.insert("show_changes_updatedshow", map_update_id=1, show_id=1, state="waiting")


@found_by("offers follow their bookings")
def an_offer_outlives_its_hold(world: World) -> None:
    world.insert(
        "waiting_list_waitinglistentry", code="PLANTED", show_id=1, email="a@example.com", party_size=1,
        sits_together=True, needs_accessible=False, state="offered", booking_id=world.paid, locale="en",
        joined_at="2026-01-01 00:00:00",
    )  # fmt: skip
