"""How long this app keeps what it holds; see `ticketing/retention.py`.

What was sold, money and what was done about it stay for ever. What goes is what came to nothing.
"""

from django.db.models import Exists, OuterRef, Q, QuerySet

from bookings.models import (
    Booking,
    CanceledBooking,
    CheckIn,
    Drawer,
    DrawerEntry,
    Exchange,
    ExportMapping,
    ExportUpload,
    GatewayEvent,
    Payment,
    Reconciliation,
    ReconciliationLine,
    Refund,
    Remedy,
    Reservation,
    SandboxAnswer,
    ShowCancellation,
    ShowMove,
    Ticket,
    Voucher,
    WaitingListEntry,
)
from ticketing.retention import Follows, Kept, Pruned, unreferenced

_MONEY = "Money, for the books."
_SOLD = "What became of what was sold."


def _lapsed_for_good() -> Q:
    """Return a condition: nothing was received for the lapsed booking, and nothing else tells of it or its tickets."""
    of_booking = {"booking": OuterRef("pk")}
    went_nowhere = Q(state__in=[Payment.State.DECLINED, Payment.State.ABANDONED], received_amount=None)
    payments = Payment.objects.filter(**of_booking).exclude(went_nowhere & unreferenced(Payment))
    tickets = Ticket.objects.filter(**of_booking).exclude(Q(state=Ticket.State.RELEASED) & unreferenced(Ticket))
    return (
        Q(state=Booking.State.EXPIRED)
        & unreferenced(Booking, but=(Ticket, Payment, Reservation))
        & ~Exists(payments)
        & ~Exists(tickets)
    )


def _delete_with_tickets(bookings: QuerySet[Booking]) -> None:
    Ticket.objects.filter(booking__in=bookings).delete()
    Payment.objects.filter(booking__in=bookings).delete()
    Reservation.objects.filter(booking__in=bookings).delete()
    bookings.delete()


RETENTION = [
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
    Follows(Ticket, Booking),
    Follows(Payment, Booking),
    Follows(SandboxAnswer, Payment),
    Follows(Reservation, Booking),
    Kept(Refund, _MONEY),
    Kept(Remedy, _MONEY),
    Kept(Exchange, _MONEY),
    Kept(Drawer, _MONEY),
    Kept(DrawerEntry, _MONEY),
    Kept(Reconciliation, _MONEY),
    Follows(ReconciliationLine, Reconciliation),
    Kept(Voucher, "Bookings name it."),
    Kept(ShowCancellation, _SOLD),
    Kept(CanceledBooking, _SOLD),
    Kept(ShowMove, _SOLD),
    Kept(CheckIn, "Who came: visits are counted from it. It names nobody but staff."),
    Kept(ExportMapping, "How a theater reads its gateway's files."),
    # Gateways repeat their events for some days; disputes refer to them for months.
    Pruned(GatewayEvent, "events of gateways", "KEEP_GATEWAY_EVENT_DAYS", "received_at", least=35),
    Pruned(ExportUpload, "files of gateways whose columns nobody has named", "KEEP_UPLOAD_DAYS", "made_at"),
    Pruned(WaitingListEntry, "entries of waiting lists, after the show", "KEEP_WAITING_LIST_DAYS", "show__ends_at"),
]

BOOKS = [
    Booking,
    CanceledBooking,
    CheckIn,
    Drawer,
    DrawerEntry,
    Exchange,
    Payment,
    Reconciliation,
    ReconciliationLine,
    Refund,
    Remedy,
    Reservation,
    ShowCancellation,
    ShowMove,
    Ticket,
    Voucher,
]
