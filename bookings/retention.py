"""How long this app keeps what it holds; see `operations/retention.py`.

Sales, money and what was done about it are kept for good. What came to nothing is deleted.
"""

from django.db.models import Exists, OuterRef, Q, QuerySet

from bookings.models import (
    Acceptance,
    Booking,
    DroppedPlaces,
    Exchange,
    FeeLine,
    HouseHold,
    HouseSeries,
    Reservation,
    Ticket,
    TicketPrint,
    Voucher,
)
from operations.retention import Follows, Kept, Pruned, unreferenced
from payments.models import (
    Payment,
)

_MONEY = "Money, for the books."


def _lapsed_for_good() -> Q:
    """Return a condition: no money came for the lapsed booking, and nothing else refers to it or its tickets."""
    of_booking = {"booking": OuterRef("pk")}
    went_nowhere = Q(state__in=[Payment.State.DECLINED, Payment.State.ABANDONED], received_amount=None)
    payments = Payment.objects.filter(**of_booking).exclude(went_nowhere & unreferenced(Payment))
    tickets = Ticket.objects.filter(**of_booking).exclude(
        Q(state=Ticket.State.RELEASED) & unreferenced(Ticket, but=(FeeLine,))
    )
    return (
        Q(state=Booking.State.EXPIRED)
        & unreferenced(Booking, but=(Acceptance, Ticket, FeeLine, DroppedPlaces, Payment, Reservation, HouseHold))
        & ~Exists(payments)
        & ~Exists(tickets)
    )


def _delete_with_tickets(bookings: QuerySet[Booking]) -> None:
    Acceptance.objects.filter(booking__in=bookings).delete()
    FeeLine.objects.filter(booking__in=bookings).delete()
    Ticket.objects.filter(booking__in=bookings).delete()
    DroppedPlaces.objects.filter(booking__in=bookings).delete()
    Payment.objects.filter(booking__in=bookings).delete()
    Reservation.objects.filter(booking__in=bookings).delete()
    HouseHold.objects.filter(booking__in=bookings).delete()
    bookings.delete()


RETENTION = [
    Pruned(
        DroppedPlaces,
        "what was taken out of a basket again",
        "KEEP_LAPSED_BOOKING_DAYS",
        "dropped_at",
    ),
    Pruned(
        Booking,
        "bookings that lapsed without money, with their tickets and attempts to pay",
        "KEEP_LAPSED_BOOKING_DAYS",
        "expires_at",
        when=_lapsed_for_good,
        delete=_delete_with_tickets,
        # Late money takes the seats again: see `confirm.py`.
        least=14,
    ),
    Follows(Acceptance, Booking),
    Follows(Ticket, Booking),
    Follows(FeeLine, Booking),
    Follows(Payment, Booking),
    Follows(Reservation, Booking),
    Follows(HouseHold, Booking),
    Kept(HouseSeries, "What was decided for a hall, a few rows a season."),
    Kept(Exchange, _MONEY),
    Kept(TicketPrint, "Which tickets were handed out on paper."),
    Kept(Voucher, "Bookings name it."),
]

BOOKS = [
    Booking,
    Exchange,
    FeeLine,
    Reservation,
    Ticket,
    TicketPrint,
    Voucher,
]
