"""Write down whom a held booking is for."""

from collections.abc import Mapping

from django.db import transaction
from django.utils import timezone

from bookings import locking
from bookings.errors import HoldExpired, TooManyTickets, WrongState
from bookings.models import Booking, Ticket
from bookings.services.limit_tickets import count_live_tickets
from bookings.services.redeem_voucher import check_uses_by_customer


def set_details(
    *, booking: Booking, name: str, email: str, phone: str = "", attendee_names: Mapping[int, str] | None = None
) -> Booking:
    """Set name and address of a hold, and the names on its tickets by pk of ticket.

    A guest is known by e-mail address only, so the limit of tickets and that of the voucher are
    checked here again. An account's booking has the account's address, whatever
    `email` says. Raises `TooManyTickets`, `VoucherRefused`, `HoldExpired`, `WrongState`.
    """
    email = booking.customer.email if booking.customer else email.strip().lower()
    with transaction.atomic():
        locking.lock_customer(booking.show_id, email)
        booking = locking.lock_booking(booking.pk)
        now = timezone.now()
        if booking.state == Booking.State.EXPIRED or booking.is_lapsed(now):
            raise HoldExpired
        if booking.state != Booking.State.HELD:
            raise WrongState
        booking.name, booking.email, booking.phone = name.strip(), email, phone.strip()
        tickets = {ticket.pk: ticket for ticket in booking.tickets.filter(state=Ticket.State.HELD)}
        if booking.channel != Booking.Channel.BOX_OFFICE:
            others = count_live_tickets(booking.show, booking.customer, email, now, but=booking)
            if others + len(tickets) > booking.show.tickets_per_customer:
                raise TooManyTickets(booking.show.tickets_per_customer)
        if booking.voucher_id is not None:
            check_uses_by_customer(booking, locking.lock_voucher(booking.voucher_id), now)
        booking.save(update_fields=["name", "email", "phone"])
        named = [tickets[pk] for pk in (attendee_names or {}) if pk in tickets]
        for ticket in named:
            ticket.attendee_name = (attendee_names or {})[ticket.pk].strip()
        Ticket.objects.bulk_update(named, ["attendee_name"])
    return booking
