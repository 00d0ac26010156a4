"""Write one message about a booking: what all of them share. To its customer, or to whom one of its tickets went."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from django.utils import translation

from bookings.access import guest_path, ticket_path
from bookings.models import Booking, Ticket
from events.models import Show
from notifications.models import Notification
from notifications.services import known_language, notify
from theaters.models import Area, Seat, Theater


def notify_customer(
    booking: Booking,
    *,
    kind: str,
    fact: str,
    tickets: Iterable[Ticket],
    context: dict[str, Any],
    attachments: Iterable[tuple[str, str]] = (),
    former_places: Mapping[int, Seat | Area] | None = None,
) -> Notification | None:
    """Write the message to the customer in the booking's language; write none if there is no address.

    `fact` makes the unique key; `former_places` are the former places of tickets, by pk.
    """
    customer = booking.customer
    recipient = booking.contact_email
    if not recipient:
        return None
    language = known_language(booking.locale)
    found = list(tickets)
    show = found[0].show if found else booking.shows[0]
    with translation.override(language):
        places = [describe_ticket(ticket, (former_places or {}).get(ticket.pk)) for ticket in found]
    return notify(
        kind=kind,
        recipient=recipient,
        user=customer,
        unique_key=f"{kind}:{fact}",
        language=language,
        theater_id=booking.theater_id,
        about=booking.code,
        attachments=attachments,
        context={
            "name": booking.name or (customer.name if customer else ""),
            "code": booking.code,
            "url": link(booking),
            "reply_to": show.hall.theater.email,
            "tickets": places,
            "show": describe_show(show),
            "theater": describe_theater(show.hall.theater),
            **context,
        },
    )


def send_passed_on(booking: Booking, tickets: Iterable[Ticket], *, fact: str = "") -> None:
    """Send those of the tickets that were passed on to their holders, once for each code and `fact`.

    No query if none was passed on.
    """
    for ticket in _read_passed_on(booking, tickets):
        documents = [("ticket.pdf", ticket.code), ("ticket.ics", ticket.code)]
        notify_holder(booking, ticket, kind=Notification.Kind.TICKET_PASSED_ON, fact=fact, attachments=documents)


def notify_withdrawn(booking: Booking, tickets: Iterable[Ticket]) -> None:
    """Notify the holders of those tickets that were passed on that they no longer open the door, once for each code.

    No query if none was passed on.
    """
    for ticket in _read_passed_on(booking, tickets):
        documents = [("ticket.ics", ticket.code)]
        notify_holder(booking, ticket, kind=Notification.Kind.TICKET_WITHDRAWN, attachments=documents)


def _read_passed_on(booking: Booking, tickets: Iterable[Ticket]) -> list[Ticket]:
    passed_on = [ticket.pk for ticket in tickets if ticket.is_passed_on]
    return list(read_tickets(booking).filter(pk__in=passed_on)) if passed_on else []


def notify_holder(
    booking: Booking,
    ticket: Ticket,
    *,
    kind: str,
    fact: str = "",
    attachments: Iterable[tuple[str, str]] = (),
    context: Mapping[str, Any] | None = None,
) -> Notification:
    """Write the message to the person to whom a ticket was passed on, once for each code and `fact`.

    The ticket is as `read_tickets` gives it.
    """
    language = known_language(booking.locale)
    theater = ticket.show.hall.theater
    with translation.override(language):
        place = describe_ticket(ticket)
    return notify(
        kind=kind,
        recipient=ticket.attendee_email,
        unique_key=f"{kind}:{ticket.code}:{fact}",
        language=language,
        theater_id=booking.theater_id,
        about=booking.code,
        attachments=attachments,
        context={
            "name": ticket.attendee_name,
            "is_given": True,
            "giver": booking.name or (booking.customer.name if booking.customer else ""),
            "url": ticket_path(ticket),
            "reply_to": theater.email,
            "tickets": [place],
            "is_show_canceled": ticket.show.state == Show.State.CANCELED,
            "show": describe_show(ticket.show),
            "theater": describe_theater(theater),
            **(context or {}),
        },
    )


def link(booking: Booking) -> str:
    """Return the path of the booking: signed for guests, who have nothing to sign in with."""
    if booking.customer_id is None:
        return guest_path(booking)
    return booking.get_absolute_url()


def read_tickets(booking: Booking) -> Any:
    """Select the booking's tickets with all that a message says of them, in one statement."""
    return booking.tickets.select_related(
        "seat", "area", "category", "ticket_type", "show__event", "show__hall__theater__city"
    ).order_by("seat__run", "seat__position", "pk")


def describe_ticket(ticket: Ticket, former: Seat | Area | None = None) -> dict[str, str]:
    was = (former.label if isinstance(former, Seat) else former.name) if former else ""
    return {
        "place": ticket.label,
        "category": ticket.category.name,
        "type": ticket.ticket_type.name,
        "attendee": ticket.attendee_name,
        "instead_of": was if was != ticket.label else "",
    }


def describe_show(show: Show) -> dict[str, Any]:
    return {
        "event": show.event.title,
        "hall": show.hall.name,
        "starts_at": show.starts_at.isoformat(),
        "doors_at": show.doors_open_at.isoformat() if show.doors_open_at else "",
        "access": [access.value for access in show.access],
        "time_zone": show.hall.theater.city.time_zone,
        "url": show.get_absolute_url(),
    }


def describe_theater(theater: Theater) -> dict[str, Any]:
    return {
        # By which the foot of a mail finds its legal pages.
        "pk": theater.pk,
        "name": theater.name,
        "place": theater.place,
        "city": theater.city.name,
        "access": theater.access_information,
        "travel": theater.travel_information,
        "phone": theater.phone,
        "email": theater.email,
    }


def describe_amount(amount: Decimal, currency: str) -> dict[str, str]:
    return {"amount": str(amount), "currency": currency}


def describe_sum(booking: Booking) -> dict[str, Any]:
    """Return what a booking costs, and the fees in it. One query if it has any."""
    return {
        "total": describe_amount(booking.total, booking.currency) if booking.total else None,
        "fees": [{"name": fee.name, **describe_amount(fee.amount, booking.currency)} for fee in booking.fee_sums],
    }
