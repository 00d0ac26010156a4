"""Take the places of an expired hold again, or equal ones, for money that came late."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime

from django.utils.translation import gettext

from bookings import locking
from bookings.errors import SeatsUnavailable, TooManyTickets, VoucherRefused
from bookings.models import Booking, Ticket
from bookings.seating.availability import forget_availability
from bookings.services.complete_exchange import exchange_of
from bookings.services.places import count_live_tickets, find_in_the_way
from bookings.services.release_hold import free_tickets
from bookings.tallies import move_areas, move_vouchers
from events.models import ShowArea
from lib.after_commit import after_commit
from theaters.models import Seat


def reissue(booking: Booking, now: datetime, *, instead: Mapping[int, Seat] | None = None) -> None:
    """Issue the released tickets of a locked booking, all or none, in the caller's transaction.

    `instead` names other seats of the same category, by pk of the ticket that they replace. Such a ticket
    stays released, and a new one is issued at its price. Raises `SeatsUnavailable`, `VoucherRefused` if its
    voucher is used up, or `IntegrityError` if others were faster.
    """
    instead = instead or {}
    tickets = read_released(booking)
    wanted_seats = {ticket.pk: instead.get(ticket.pk, ticket.seat) for ticket in tickets if ticket.seat}
    seats = {seat.pk: seat for seat in wanted_seats.values()}
    areas, wanted = read_areas(booking, tickets)
    in_the_way = find_in_the_way(booking.show, seats=seats, areas=areas, wanted=wanted, own=None, now=now)
    freed = free_tickets(locking.lock_holds(in_the_way.lapsed, now))
    # One by one, in the order in which holds insert theirs, so that two never wait for each other.
    for ticket in sorted(tickets, key=lambda ticket: wanted_seats[ticket.pk].pk if ticket.seat_id else 0):
        if ticket.pk in instead:
            _issue_instead(ticket, instead[ticket.pk])
        else:
            Ticket.objects.filter(pk=ticket.pk).update(state=Ticket.State.ISSUED)
    changes = Counter({(booking.show_id, area_id): quantity for area_id, quantity in wanted.items()})
    changes.subtract(freed.areas)
    uses = Counter([booking.voucher_id] if booking.voucher_id else [])
    uses.subtract(freed.vouchers)
    short = move_areas(changes)
    if short:
        raise SeatsUnavailable(areas=[areas[area_id].area for _show_id, area_id in short])
    if move_vouchers(uses):
        raise VoucherRefused(gettext("This voucher is used up."))
    after_commit(forget_availability, booking.show_id)


def count_with_late(booking: Booking, now: datetime) -> int:
    """Count the tickets that a customer would have together with those of an expired hold. At most three queries.

    Tickets that are given back for it, in an exchange for the same show, do not count.
    """
    exchange = exchange_of(booking)
    given_back = exchange.tickets.filter(show=booking.show_id).count() if exchange else 0
    email = booking.email or booking.contact_email
    others = count_live_tickets(booking.show, booking.customer, email, now, but=booking) if email else 0
    return booking.tickets.exclude(state=Ticket.State.CANCELED).count() + others - given_back


def check_limit(booking: Booking, now: datetime) -> None:
    """Refuse an expired, locked hold if the customer has bought others instead; call `lock_customer` before.

    The box office sells beyond the limit. Raises `TooManyTickets`.
    """
    limit = booking.show.tickets_per_customer
    if booking.channel != Booking.Channel.BOX_OFFICE and count_with_late(booking, now) > limit:
        raise TooManyTickets(limit)


def read_released(booking: Booking) -> list[Ticket]:
    """Return the tickets that the hold released, in seating order."""
    released = Ticket.objects.filter(booking=booking, state=Ticket.State.RELEASED)
    return list(released.select_related("seat", "area").order_by("seat", "pk"))


def read_areas(booking: Booking, tickets: Iterable[Ticket]) -> tuple[dict[int, ShowArea], Counter[int]]:
    """Return the counters of the areas of these tickets, and how many places they take in each."""
    wanted = Counter(ticket.area_id for ticket in tickets if ticket.area_id)
    rows = ShowArea.objects.filter(show=booking.show, area__in=wanted).select_related("area") if wanted else ()
    return {row.area_id: row for row in rows}, wanted


def _issue_instead(ticket: Ticket, seat: Seat) -> None:
    Ticket.objects.create(
        booking_id=ticket.booking_id,
        show_id=ticket.show_id,
        seat=seat,
        category_id=ticket.category_id,
        ticket_type_id=ticket.ticket_type_id,
        price=ticket.price,
        discount=ticket.discount,
        attendee_name=ticket.attendee_name,
        state=Ticket.State.ISSUED,
    )
