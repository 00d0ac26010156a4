"""Messages about tickets that are moved or exchanged."""

from collections.abc import Sequence

from django.utils import timezone

from bookings.messages.customers import describe_amount, notify_customer, read_tickets, send_passed_on
from bookings.messages.purchase import send_tickets
from bookings.models import Booking, Exchange, Ticket
from notifications.models import Notification


def notify_moved(booking: Booking, moved: Sequence[Ticket]) -> Notification | None:
    """Send the tickets for other seats, once for each move; `moved` are its new tickets."""
    send_passed_on(booking, moved)
    return send_tickets(booking, fact=f"{booking.code}:{moved[0].code}")


def notify_exchanged(exchange: Exchange) -> Notification | None:
    """Send all tickets that are valid now, once, and what changes in the calendar."""
    booking = exchange.booking
    given_up = exchange.returned.exclude(show__in=booking.tickets.issued().values("show"))
    codes = sorted(set(given_up.values_list("show__code", flat=True)))
    changed = [("changed-calendar.ics", f"{booking.code} {code}") for code in codes]
    return send_tickets(booking, fact=f"{booking.code}:exchange {exchange.pk}", more=changed)


def notify_surcharge(exchange: Exchange) -> Notification | None:
    """Send the link by which the customer pays the difference, once; nothing if nothing is due."""
    booking, hold = exchange.booking, exchange.hold
    if hold is None:
        return None
    until = hold.expires_at or timezone.now()
    return notify_customer(
        booking,
        kind=Notification.Kind.EXCHANGE_SURCHARGE,
        fact=hold.code,
        tickets=read_tickets(hold),
        context={
            "due": describe_amount(hold.due, booking.currency),
            "credit": describe_amount(hold.credit, booking.currency) if hold.credit else None,
            "until": until.isoformat(),
            "voucher": booking.voucher.code if booking.voucher else "",
        },
    )
