"""Messages about tickets that are moved or exchanged."""

from django.utils import timezone

from bookings.messages.customers import describe_amount, notify_customer, read_tickets
from bookings.messages.purchase import send_tickets
from bookings.models import Booking, Exchange, Ticket
from notifications.models import Notification


def notify_moved(booking: Booking, newest: Ticket) -> Notification | None:
    """Send the tickets for other seats, once for each move; `newest` is one of its tickets."""
    return send_tickets(booking, fact=f"{booking.code}:{newest.code}")


def notify_surcharge(exchange: Exchange) -> Notification | None:
    """Send the link by which the customer pays the difference, once."""
    booking = exchange.replacement
    until = booking.expires_at or timezone.now()
    return notify_customer(
        booking,
        kind=Notification.Kind.EXCHANGE_SURCHARGE,
        fact=booking.code,
        tickets=read_tickets(booking).filter(state=Ticket.State.HELD),
        context={
            "due": describe_amount(booking.due, booking.currency),
            "credit": describe_amount(booking.credit, booking.currency) if booking.credit else None,
            "until": until.isoformat(),
            "voucher": exchange.booking.voucher.code if exchange.booking.voucher else "",
        },
    )
