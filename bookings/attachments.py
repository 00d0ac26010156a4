"""The documents that messages about bookings carry, made when the message is sent."""

from bookings.models import Booking, Ticket
from notifications.attachments import Attachment


def tickets(code: str) -> Attachment | None:
    """Return the booking's tickets, or nothing when all were canceled before the message went out."""
    from bookings.documents import tickets_pdf  # noqa: PLC0415 only workers need the typesetter

    booking = _find(code)
    return Attachment("tickets.pdf", tickets_pdf(booking), "application/pdf") if booking else None


def calendar(code: str) -> Attachment | None:
    from bookings.documents import calendar_ics  # noqa: PLC0415

    booking = _find(code)
    # Named as an attachment to open, not as an invitation, which mail programs would answer.
    return Attachment("calendar.ics", calendar_ics(booking), "text/calendar") if booking else None


def _find(code: str) -> Booking | None:
    booking = Booking.objects.select_related("show__event", "show__hall__theater__city").get(code=code)
    return booking if booking.tickets.filter(state=Ticket.State.ISSUED).exists() else None


def canceled_calendar(code: str) -> Attachment:
    """Return the entry that takes a canceled show out of the calendar."""
    from bookings.documents import calendar_ics  # noqa: PLC0415

    booking = Booking.objects.select_related("show__event", "show__hall__theater__city").get(code=code)
    return Attachment("canceled.ics", calendar_ics(booking), "text/calendar")
