"""Messages to customers about what they booked and gave back."""

import hashlib
from collections.abc import Collection, Iterable

from django.utils import timezone

from bookings.messages.customers import describe_amount, describe_sum, notify_customer, notify_withdrawn, read_tickets
from bookings.models import Booking, Ticket
from bookings.pricing import ZERO
from notifications.models import Notification
from payments.models import Refund


def notify_confirmed(
    booking: Booking,
    tickets: Iterable[Ticket] | None = None,
    *,
    after_all: bool = False,
) -> Notification | None:
    """Send the tickets and the calendar entry, once. Two statements, or one if `read_tickets` gave the tickets;
    and one for fees.

    `after_all` tells a customer who was promised the money back that it stays.
    """
    return send_tickets(booking, tickets, fact=booking.code, after_all=after_all)


def send_tickets_again(booking: Booking) -> Notification | None:
    """Send the confirmation with its tickets again; at most one a minute to the same address."""
    return send_tickets(booking, fact=f"{booking.code}:{booking.link_version}:{timezone.now():%Y%m%d%H%M}")


def send_tickets(
    booking: Booking,
    tickets: Iterable[Ticket] | None = None,
    *,
    fact: str,
    after_all: bool = False,
    more: Iterable[tuple[str, str]] = (),
) -> Notification | None:
    """Send the issued tickets, once for each `fact`, with the attachments `more`."""
    return notify_customer(
        booking,
        kind=Notification.Kind.BOOKING_CONFIRMED,
        fact=fact,
        tickets=read_tickets(booking).filter(state=Ticket.State.ISSUED) if tickets is None else tickets,
        attachments=[("tickets.pdf", booking.code), ("calendar.ics", booking.code), *more],
        context={**describe_sum(booking), "after_all": after_all},
    )


def send_booking_link(booking: Booking) -> Notification | None:
    """Send a guest a new link to the booking; at most one each minute."""
    return notify_customer(
        booking,
        kind=Notification.Kind.BOOKING_LINK,
        fact=f"{booking.code}:{timezone.now():%Y%m%d%H%M}",
        tickets=read_tickets(booking).filter(state__in=Ticket.LIVE),
        context={},
    )


def notify_canceled(booking: Booking, tickets: Collection[Ticket], refund: Refund | None) -> Notification | None:
    """List the canceled tickets and the refund to come; `tickets` are only those of this cancellation.

    `notify_refunded` follows once the refund is made, since a gateway may refuse.
    """
    notify_withdrawn(booking, tickets)
    keys = sorted(ticket.pk for ticket in tickets)
    parts = _read_parts(refund, keys) if refund else []
    at_counter = sum((part.amount for part in parts if part.is_in_cash), ZERO)
    by_gateway = sum((part.amount for part in parts), ZERO) - at_counter
    digest = hashlib.sha256(repr(keys).encode()).hexdigest()[:16]
    remaining = booking.tickets.filter(state=Ticket.State.ISSUED).exclude(pk__in=keys).count()
    return notify_customer(
        booking,
        kind=Notification.Kind.BOOKING_CANCELED,
        fact=f"{booking.code}:{digest}",
        tickets=read_tickets(booking).filter(pk__in=keys),
        attachments=[
            ("changed-calendar.ics", f"{booking.code} {code}") for code in sorted({one.show.code for one in tickets})
        ],
        context={
            "refund": describe_amount(by_gateway, booking.currency) if by_gateway else None,
            "at_counter": describe_amount(at_counter, booking.currency) if at_counter else None,
            "was_paid": bool(booking.total),
            "remaining": remaining,
        },
    )


def _read_parts(refund: Refund, ticket_ids: list[int]) -> list[Refund]:
    """Return the refunds of which `refund` is the sum, if it is not in the database itself."""
    if refund.pk:
        return [refund]
    found = Refund.objects.filter(tickets__in=ticket_ids, state=Refund.State.PENDING).distinct()
    return list(found.select_related("payment")) or [refund]
