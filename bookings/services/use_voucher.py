"""Put a voucher on a hold, or take it off again."""

from collections import defaultdict

from django.db import transaction

from bookings.errors import HoldExpired
from bookings.models import Booking, Ticket
from bookings.services.hold_seats import AreaChoice, SeatChoice, hold_seats
from bookings.services.set_details import set_details


def use_voucher(*, booking: Booking, code: str) -> Booking:
    """Hold the same places anew with the voucher `code`, or without one when it is empty.

    Returns the hold that takes the place of `booking`, with its details and no more time than that
    had left. A new one, because a payment that was started for the old amount must not pay for it:
    money that still comes for the old hold is given back. `booking` stays when this fails.

    Raises `VoucherRefused`, and what `hold_seats` raises.
    """
    with transaction.atomic():
        tickets = list(booking.tickets.filter(state=Ticket.State.HELD).order_by("pk"))
        if not tickets:
            raise HoldExpired
        in_areas: dict[tuple[int, int], int] = defaultdict(int)
        for ticket in tickets:
            if ticket.area_id is not None:
                in_areas[ticket.area_id, ticket.ticket_type_id] += 1
        hold = hold_seats(
            show=booking.show,
            seats=[SeatChoice(t.seat_id, t.ticket_type_id) for t in tickets if t.seat_id is not None],
            areas=[AreaChoice(area, quantity, type_id) for (area, type_id), quantity in in_areas.items()],
            customer=booking.customer,
            email=booking.email,
            channel=booking.channel,
            made_by=booking.made_by,
            voucher_code=code,
            locale=booking.locale,
            replaces=booking,
        )
        Booking.objects.filter(pk=hold.pk).update(expires_at=booking.expires_at, is_extended=booking.is_extended)
        if booking.email:
            names = defaultdict[tuple[int | None, int | None, int], list[str]](list)
            for ticket in tickets:
                names[_place(ticket)].append(ticket.attendee_name)
            attendees = {ticket.pk: names[_place(ticket)].pop(0) for ticket in hold.tickets.order_by("pk")}
            hold = set_details(
                booking=hold, name=booking.name, email=booking.email, phone=booking.phone, attendee_names=attendees
            )
        hold.refresh_from_db()
    return hold


def _place(ticket: Ticket) -> tuple[int | None, int | None, int]:
    return ticket.seat_id, ticket.area_id, ticket.ticket_type_id
