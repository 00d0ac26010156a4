"""What customers are told around their visit: before their hold lapses, before the show and after it."""

from django.conf import settings
from django.urls import reverse

from bookings.messages.telling import read_tickets, tell
from bookings.models import Booking, Ticket
from notifications.models import Notification


def tell_hold_lapsing(booking: Booking) -> Notification | None:
    """Say until when the places of a hold are kept, once."""
    if booking.expires_at is None:
        return None
    return tell(
        booking,
        kind="hold_lapsing",
        fact=booking.code,
        tickets=read_tickets(booking).filter(state=Ticket.State.HELD),
        context={"until": booking.expires_at.isoformat()},
    )


def tell_show_soon(booking: Booking) -> Notification | None:
    """Remind of the show, once for each time that it has, with tickets and how to get there."""
    return tell(
        booking,
        kind="show_reminder",
        fact=reminder_fact(booking),
        tickets=read_tickets(booking).filter(state=Ticket.State.ISSUED),
        attachments=[("tickets.pdf", booking.code)],
        context={},
    )


def reminder_fact(booking: Booking) -> str:
    return f"{booking.code}:{booking.show.starts_at:%Y%m%d%H%M}"


def ask_for_review(booking: Booking) -> Notification | None:
    """Ask the customer how it was, once for each event."""
    event = booking.show.event
    return tell(
        booking,
        kind="review_ask",
        fact=review_fact(booking),
        tickets=read_tickets(booking).filter(state=Ticket.State.ISSUED),
        context={"review_url": settings.SITE_URL + reverse("bookings:review", args=[event.slug])},
    )


def review_fact(booking: Booking) -> str:
    return f"{booking.customer_id}:{booking.show.event_id}"
