"""Large audiences, written at once: three hundred bookings by the services would take a minute."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal

from django.utils import timezone

from bookings.models import Booking, FeeLine, Ticket
from events.models import Show, TicketType
from payments.models import Payment
from testing.bookings import seats_of
from testing.seat_maps import make_listed_hall
from theaters.models import Hall, Theater


def make_great_hall(theater: Theater, name: str, *, rows: int = 20, section: str = "Stalls") -> Hall:
    """Make rows of 30 seats with an aisle: the first half is Parkett, the rest Rang.

    The second row begins with a wheelchair place and its companion seat.
    """
    lines = ["section,row,number,category,x,y,flags"]
    for row in range(rows):
        category = "Parkett" if row < rows // 2 else "Rang"
        for number in range(30):
            x = number * 20 + (40 if number >= 15 else 0)
            flags = {0: "accessible", 1: "companion"}.get(number, "") if row == 1 else ""
            lines.append(f"{section},{chr(65 + row)},{number + 1},{category},{x},{row * 24},{flags}")
    return make_listed_hall("\n".join(lines), theater=theater, name=name)


def fill_show(show: Show, sizes: Sequence[int]) -> list[Booking]:
    """Give the seats of a show, from the front, to paid bookings of these sizes; every seventh has no address."""
    now = timezone.now()
    adult = TicketType.objects.get(theater=show.hall.theater, name="Adult")
    seats = iter(seats_of(show))
    price = Decimal("20.00")
    bookings = Booking.objects.bulk_create(
        Booking(
            theater=show.hall.theater,
            email="" if number % 7 == 0 else f"guest{number}@example.com",
            name=f"Guest {number}",
            state=Booking.State.CONFIRMED,
            created_at=now - timedelta(hours=1),
            confirmed_at=now,
            currency=show.hall.theater.currency,
            total=price * size + 1,
            fees=1,
        )
        for number, size in enumerate(sizes)
    )
    tickets = []
    for booking, size in zip(bookings, sizes, strict=True):
        for one in range(size):
            seat = next(seats)
            tickets.append(
                Ticket(
                    booking=booking,
                    show=show,
                    seat=seat,
                    category_id=seat.category_id,
                    ticket_type=adult,
                    price=price,
                    amount=price,
                    fees=Decimal(one == 0),
                    state=Ticket.State.ISSUED,
                )
            )
    Ticket.objects.bulk_create(tickets)
    FeeLine.objects.bulk_create(
        FeeLine(booking=booking, name="Fee", amount=1, tax=0, tax_rate=0) for booking in bookings
    )
    Payment.objects.bulk_create(
        Payment(
            booking=booking,
            gateway="sandbox",
            amount=booking.total,
            currency=booking.currency,
            received_amount=booking.total,
            received_currency=booking.currency,
            state=Payment.State.CAPTURED,
            key=uuid.uuid4(),
            captured_at=now,
        )
        for booking in bookings
    )
    return bookings
