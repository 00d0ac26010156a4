"""Messages to people to whom a customer has passed on a ticket."""

from collections.abc import Iterable

from django.utils import translation

from bookings.access import ticket_url
from bookings.messages.customers import describe_show, describe_theater, describe_ticket, read_tickets
from bookings.models import Booking, Ticket
from events.models import Show
from notifications.models import Notification
from notifications.services import known_language, notify


def send_passed_on(booking: Booking, tickets: Iterable[Ticket], *, fact: str = "") -> None:
    """Send those of the tickets that were passed on to their holders, once for each code and `fact`.

    No query if none was passed on.
    """
    for ticket in _read(booking, tickets):
        documents = [("ticket.pdf", ticket.code), ("ticket.ics", ticket.code)]
        _write(booking, ticket, Notification.Kind.TICKET_PASSED_ON, fact, documents)


def notify_withdrawn(booking: Booking, tickets: Iterable[Ticket]) -> None:
    """Notify the holders of those tickets that were passed on that they no longer open the door, once for each code.

    No query if none was passed on.
    """
    for ticket in _read(booking, tickets):
        _write(booking, ticket, Notification.Kind.TICKET_WITHDRAWN, "", [("ticket.ics", ticket.code)])


def _read(booking: Booking, tickets: Iterable[Ticket]) -> list[Ticket]:
    passed_on = [ticket.pk for ticket in tickets if ticket.is_passed_on]
    return list(read_tickets(booking).filter(pk__in=passed_on)) if passed_on else []


def _write(booking: Booking, ticket: Ticket, kind: str, fact: str, documents: Iterable[tuple[str, str]]) -> None:
    language = known_language(booking.locale)
    theater = ticket.show.hall.theater
    with translation.override(language):
        place = describe_ticket(ticket)
    notify(
        kind=kind,
        recipient=ticket.attendee_email,
        unique_key=f"{kind}:{ticket.code}:{fact}",
        language=language,
        theater_id=booking.theater_id,
        about=booking.code,
        attachments=documents,
        context={
            "name": ticket.attendee_name,
            "is_given": True,
            "giver": booking.name or (booking.customer.name if booking.customer else ""),
            "url": ticket_url(ticket),
            "reply_to": theater.email,
            "tickets": [place],
            "is_show_canceled": ticket.show.state == Show.State.CANCELED,
            "show": describe_show(ticket.show),
            "theater": describe_theater(theater),
        },
    )
