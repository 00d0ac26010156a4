"""Messages to customers around their visit: before their hold lapses, before the show and after it."""

from django.urls import reverse

from bookings.messages.customers import notify_customer, notify_holder, read_tickets
from bookings.models import Booking, Ticket
from events.models import Show
from notifications.models import Notification


def remind_of_hold(booking: Booking) -> Notification | None:
    """Remind the customer, once, until when the places of a hold are kept."""
    if booking.expires_at is None:
        return None
    return notify_customer(
        booking,
        kind=Notification.Kind.HOLD_LAPSING,
        fact=booking.code,
        tickets=read_tickets(booking).filter(state=Ticket.State.HELD),
        context={"until": booking.expires_at.isoformat()},
    )


def remind_of_show(booking: Booking, show: Show) -> Notification | None:
    """Remind the customer of a show, with tickets and directions, once for each starting time.

    Those to whom tickets were passed on are reminded, too.
    """
    fact = reminder_fact(booking, show)
    tickets = list(read_tickets(booking).filter(state=Ticket.State.ISSUED, show=show))
    for ticket in tickets:
        if ticket.is_passed_on:
            kind, documents = Notification.Kind.SHOW_REMINDER, [("ticket.pdf", ticket.code)]
            notify_holder(booking, ticket, kind=kind, fact=fact, attachments=documents)
    return notify_customer(
        booking,
        kind=Notification.Kind.SHOW_REMINDER,
        fact=fact,
        tickets=tickets,
        attachments=[("tickets.pdf", booking.code)],
        context={},
    )


def reminder_fact(booking: Booking, show: Show) -> str:
    return f"{booking.code}:{show.code}:{show.starts_at:%Y%m%d%H%M}"


def ask_for_review(booking: Booking, show: Show) -> Notification | None:
    """Ask the customer how a show was, once for each event."""
    return notify_customer(
        booking,
        kind=Notification.Kind.REVIEW_ASK,
        fact=review_fact(booking, show),
        tickets=read_tickets(booking).filter(state=Ticket.State.ISSUED, show=show),
        context={"review_url": reverse("bookings:review", args=[show.event.slug])},
    )


def review_fact(booking: Booking, show: Show) -> str:
    return f"{booking.customer_id}:{show.event_id}"
