"""After a quiet time nothing waits for what will never come."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from torture.auditor.books import Books, by

Found = tuple[int, list[str]]
# Sweeps run each minute or two. Offers and reservations last for hours.
LONGEST_HOLD = timedelta(minutes=15)


def holds_end(books: Books) -> Found:
    held = [booking for booking in books.bookings if booking.state == "held" and booking.kind != "house"]
    wrong = [
        f"{booking.code} is held since its end at {booking.expires_at:%H:%M:%S}"
        for booking in held
        if booking.expires_at <= datetime.now(UTC)
    ]
    return len(held), wrong


def payments_end(books: Books) -> Found:
    exchanges, late = by(books.exchanges, "id"), datetime.now(UTC) + LONGEST_HOLD
    started = [payment for payment in books.payments if payment.state == "started"]
    wrong = []
    for payment in started:
        exchange = exchanges.get(payment.exchange_id)
        hold = books.booking.get(exchange.hold_id if exchange else payment.booking_id)
        if hold is None or hold.state != "held" or hold.expires_at <= late:
            wrong.append(f"{books.booking[payment.booking_id].code}: payment {payment.id} by {payment.gateway} is open")
    return len(books.payments), wrong


def refunds_end(books: Books) -> Found:
    """Cash waits at the counter for as long as it takes."""
    return len(books.refunds), [
        f"refund {refund.id} of {refund.amount} is pending"
        for refund in books.refunds
        if refund.state == "pending"
        and refund.source == "here"
        and refund.way == "as_paid"
        and books.payment[refund.payment_id].gateway == "sandbox"
    ]


def show_cancellations_end(books: Books) -> Found:
    return len(books.canceled_bookings), [
        f"{books.booking[row.booking_id].code}: its canceled show is {row.state}"
        for row in books.canceled_bookings
        if row.state in ("waiting", "failed")
    ]


def updates_of_seat_maps_end(books: Books) -> Found:
    return len(books.updated_shows), [
        f"show {row.show_id}: its update is {row.state} {row.error}"
        for row in books.updated_shows
        if row.state in ("waiting", "failed")
    ]


def offers_follow_their_bookings(books: Books) -> Found:
    wrong = []
    for entry in books.waiting:
        booking = books.booking.get(entry.booking_id)
        if entry.state == "offered" and (booking is None or booking.state != "held"):
            wrong.append(f"entry {entry.id} is offered, its booking {booking and booking.state}")
        if entry.state == "booked" and (booking is None or not booking.confirmed_at):
            wrong.append(f"entry {entry.id} is booked, its booking {booking and booking.state}")
    return len(books.waiting), wrong


CHECKS = [
    holds_end,
    payments_end,
    refunds_end,
    show_cancellations_end,
    updates_of_seat_maps_end,
    offers_follow_their_bookings,
]
