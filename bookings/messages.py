"""What customers are told about their bookings.

Each function writes one outbox row in the caller's transaction and may be called again: its unique
key names the fact. A booking without an e-mail address, as at the box office, is told nothing.
"""

import hashlib
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.utils import timezone, translation

from bookings.access import guest_url
from bookings.models import Booking, Payment, Refund, Ticket
from events.models import Show
from notifications.models import Notification
from notifications.services import known_language, notify
from theaters.models import Theater


def tell_confirmed(booking: Booking) -> Notification | None:
    """Send the tickets and the calendar entry, once. Two statements."""
    return _send_tickets(booking, fact=booking.code)


def send_tickets_again(booking: Booking) -> Notification | None:
    """Send the confirmation with its tickets once more; at most one each minute."""
    return _send_tickets(booking, fact=f"{booking.code}:{timezone.now():%Y%m%d%H%M}")


def _send_tickets(booking: Booking, *, fact: str) -> Notification | None:
    tickets = _read_tickets(booking).filter(state=Ticket.State.ISSUED)
    return _tell(
        booking,
        kind="booking_confirmed",
        fact=fact,
        tickets=tickets,
        attachments=[("tickets.pdf", booking.code), ("calendar.ics", booking.code)],
        context={"total": _amount(booking.total, booking.currency) if booking.total else None},
    )


def tell_canceled(booking: Booking, tickets: Iterable[Ticket], refund: Refund | None) -> Notification | None:
    """Say which tickets are canceled and what is coming back; `tickets` are only those of this cancellation."""
    keys = sorted(ticket.pk for ticket in tickets)
    digest = hashlib.sha256(repr(keys).encode()).hexdigest()[:16]
    remaining = booking.tickets.filter(state=Ticket.State.ISSUED).exclude(pk__in=keys).count()
    return _tell(
        booking,
        kind="booking_canceled",
        fact=f"{booking.code}:{digest}",
        tickets=_read_tickets(booking).filter(pk__in=keys),
        context={
            "refund": _amount(refund.amount, booking.currency) if refund else None,
            "was_paid": bool(booking.total),
            "remaining": remaining,
        },
    )


def tell_refunded(refund: Refund) -> Notification | None:
    """Say that a refund was made."""
    booking = refund.payment.booking
    return _tell(
        booking,
        kind="booking_refunded",
        fact=str(refund.pk),
        tickets=_read_tickets(booking),
        context={"refund": _amount(refund.amount, refund.payment.currency), "reason": refund.reason},
    )


def tell_money_returned(payment: Payment, amount: Decimal | None = None) -> Notification | None:
    """Explain that a payment bought nothing and is paid back; `amount` where that is not all of it."""
    booking = payment.booking
    return _tell(
        booking,
        kind="money_returned",
        fact=str(payment.pk),
        tickets=_read_tickets(booking),
        context={
            "refund": _amount(payment.amount if amount is None else amount, payment.currency),
            # A second payment for a booking that stands, or the only one for seats that were lost.
            "was_paid_twice": booking.state == Booking.State.CONFIRMED,
        },
    )


def tell_link(booking: Booking) -> Notification | None:
    """Send a guest a new link to the booking; at most one each minute."""
    return _tell(
        booking,
        kind="booking_link",
        fact=f"{booking.code}:{timezone.now():%Y%m%d%H%M}",
        tickets=_read_tickets(booking).filter(state__in=Ticket.LIVE),
        context={},
    )


def _tell(
    booking: Booking,
    *,
    kind: str,
    fact: str,
    tickets: Iterable[Ticket],
    context: dict[str, Any],
    attachments: Iterable[tuple[str, str]] = (),
) -> Notification | None:
    customer = booking.customer
    recipient = booking.email or (customer.email if customer else "")
    if not recipient:
        return None
    language = known_language(booking.locale)
    found = list(tickets)
    show = found[0].show if found else booking.show
    with translation.override(language):
        places = [_describe(ticket) for ticket in found]
    return notify(
        kind=kind,
        recipient=recipient,
        user=customer,
        unique_key=f"{kind}:{fact}",
        language=language,
        theater_id=show.hall.theater_id,
        attachments=attachments,
        context={
            "name": booking.name or (customer.name if customer else ""),
            "code": booking.code,
            "url": _link(booking),
            "reply_to": show.hall.theater.email,
            "tickets": places,
            "show": _describe_show(show),
            "theater": _describe_theater(show.hall.theater),
            **context,
        },
    )


def _link(booking: Booking) -> str:
    """Return the address of the booking: signed for guests, who have nothing to sign in with."""
    if booking.customer_id is None:
        return guest_url(booking)
    return f"{settings.SITE_URL}{booking.get_absolute_url()}"


def _read_tickets(booking: Booking) -> Any:
    """Select the booking's tickets with all that a message says of them, in one statement."""
    return booking.tickets.select_related(
        "seat", "area", "category", "ticket_type", "show__event", "show__hall__theater__city"
    ).order_by("seat__run", "seat__position", "pk")


def _describe(ticket: Ticket) -> dict[str, str]:
    return {
        "place": ticket.label,
        "category": ticket.category.name,
        "type": ticket.ticket_type.name,
        "attendee": ticket.attendee_name,
    }


def _describe_show(show: Show) -> dict[str, str]:
    return {
        "event": show.event.title,
        "hall": show.hall.name,
        "starts_at": show.starts_at.isoformat(),
        "doors_at": show.doors_at.isoformat() if show.doors_at else "",
        "time_zone": show.hall.theater.city.time_zone,
        "url": f"{settings.SITE_URL}{show.get_absolute_url()}",
    }


def _describe_theater(theater: Theater) -> dict[str, str]:
    return {
        "name": theater.name,
        "place": theater.place,
        "city": theater.city.name,
        "access": theater.access_information,
        "phone": theater.phone,
        "email": theater.email,
    }


def _amount(amount: Decimal, currency: str) -> dict[str, str]:
    return {"amount": str(amount), "currency": currency}
