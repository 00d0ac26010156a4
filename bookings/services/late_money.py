"""Take the places of an expired hold again, or equal ones, for money that came late."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime

from django.utils.translation import gettext

from bookings import locking
from bookings.errors import SeatsUnavailable, TooManyTickets, VoucherRefused
from bookings.models import Booking, Ticket, by_show, exchange_of
from bookings.seating.availability import forget_availability
from bookings.services.places import count_live_tickets, find_in_the_way
from bookings.services.release_hold import free_tickets
from bookings.tallies import check_quotas, find_lapsed_of_quotas, move_areas, move_vouchers
from events.models import Show, ShowArea
from lib.after_commit import after_commit
from theaters.models import Seat


def reissue(booking: Booking, now: datetime, *, instead: Mapping[int, Seat] | None = None) -> None:
    """Issue the released tickets of a locked booking, all or none, in the caller's transaction.

    `instead` names other seats of the same category, by pk of the ticket that they replace. Such a ticket
    stays released, and a new one is issued at its price. Raises `SeatsUnavailable`, `TicketRulesBroken` for a
    quota, `VoucherRefused` if its voucher is used up, or `IntegrityError` if others were faster.
    """
    instead = instead or {}
    tickets = read_released(booking)
    seats = {ticket.pk: instead.get(ticket.pk, ticket.seat) for ticket in tickets if ticket.seat}
    lapsed: set[int] = set()
    changes: Counter[tuple[int, int]] = Counter()
    for show, of_show in by_show(tickets).items():
        lapsed |= find_holds_in_the_way(show, of_show, now, instead=instead)
        changes.update((show.pk, ticket.area_id) for ticket in of_show if ticket.area_id)
    lapsed.update(find_lapsed_of_quotas({one.show_id: [two.ticket_type for two in tickets] for one in tickets}, now))
    freed = free_tickets(locking.lock_holds(lapsed - {booking.pk}, now))
    check_quotas(booking.pk, tickets, added=tickets)
    # One by one, in the order in which holds insert theirs, so that two never wait for each other.
    for ticket in sorted(tickets, key=lambda one: (seats[one.pk].pk if one.seat_id else 0, one.show_id)):
        if ticket.pk in instead:
            _issue_instead(ticket, instead[ticket.pk])
        else:
            Ticket.objects.filter(pk=ticket.pk).update(state=Ticket.State.ISSUED)
    changes.subtract(freed.areas)
    uses = Counter([booking.voucher_id] if booking.voucher_id else [])
    uses.subtract(freed.vouchers)
    if short := set(move_areas(changes)):
        raise SeatsUnavailable(
            areas=list({one.area for one in tickets if one.area and (one.show_id, one.area.pk) in short})
        )
    if move_vouchers(uses):
        raise VoucherRefused(gettext("This voucher is used up."))
    for show_id in {ticket.show_id for ticket in tickets}:
        after_commit(forget_availability, show_id)


def find_holds_in_the_way(
    show: Show, tickets: Iterable[Ticket], now: datetime, *, instead: Mapping[int, Seat] | None = None
) -> set[int]:
    """Return the lapsed holds, by pk, that must go before these released tickets of a show are issued.

    `instead` is as for `reissue`. At most three queries. Raises `SeatsUnavailable` with every place that is taken.
    """
    wanted = Counter(ticket.area_id for ticket in tickets if ticket.area_id)
    rows = ShowArea.objects.filter(show=show, area__in=wanted).select_related("area") if wanted else ()
    seats = [(instead or {}).get(ticket.pk, ticket.seat) for ticket in tickets if ticket.seat]
    found = find_in_the_way(
        show,
        seats={seat.pk: seat for seat in seats},
        areas={row.area_id: row for row in rows},
        wanted=wanted,
        own=None,
        now=now,
    )
    return found.lapsed


def count_with_late(booking: Booking, now: datetime) -> dict[Show, int]:
    """Count a customer's tickets for each show together with those of an expired hold.

    Tickets that are given back for it, in an exchange for the same show, do not count. One query, and at most two
    for each show.
    """
    exchange = exchange_of(booking)
    email = booking.email or booking.contact_email
    own = booking.tickets.exclude(state=Ticket.State.CANCELED).select_related("show")
    counts = {}
    for show, tickets in by_show(own).items():
        given_back = exchange.returned.filter(show=show).count() if exchange else 0
        others = count_live_tickets(show, booking.customer, email, now, but=booking) if email else 0
        counts[show] = len(tickets) + others - given_back
    return counts


def check_limit(booking: Booking, now: datetime) -> None:
    """Refuse an expired, locked hold if the customer has bought others instead; call `lock_customer` before.

    The box office sells beyond the limit. Raises `TooManyTickets`.
    """
    if booking.channel == Booking.Channel.BOX_OFFICE:
        return
    for show, count in count_with_late(booking, now).items():
        if count > show.ticket_limit:
            raise TooManyTickets(show.ticket_limit)


def read_released(booking: Booking) -> list[Ticket]:
    """Return the tickets that the hold released, with their shows, in seating order."""
    released = Ticket.objects.filter(booking=booking, state=Ticket.State.RELEASED)
    return list(
        released.select_related("seat", "area", "ticket_type", "show__event", "show__hall__theater").order_by(
            "seat", "show", "pk"
        )
    )


def _issue_instead(ticket: Ticket, seat: Seat) -> None:
    Ticket.objects.create(
        booking_id=ticket.booking_id,
        show_id=ticket.show_id,
        seat=seat,
        category_id=ticket.category_id,
        ticket_type_id=ticket.ticket_type_id,
        price=ticket.price,
        discount=ticket.discount,
        amount=ticket.amount,
        fees=ticket.fees,
        tax=ticket.tax,
        fees_tax=ticket.fees_tax,
        tax_rate=ticket.tax_rate,
        fees_tax_rate=ticket.fees_tax_rate,
        returned_fees=ticket.returned_fees,
        attendee_name=ticket.attendee_name,
        attendee_email=ticket.attendee_email,
        state=Ticket.State.ISSUED,
    )
