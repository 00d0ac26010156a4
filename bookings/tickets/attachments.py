"""The documents attached to messages about bookings, made when the message is sent."""

from bookings.models import Booking
from notifications.attachments import Attachment


def tickets(code: str) -> Attachment | None:
    """Return the booking's tickets, or nothing if all were canceled before the message was sent."""
    from bookings.tickets.documents import tickets_pdf  # noqa: PLC0415 only workers need the typesetter

    booking = _read(code)
    if not booking.tickets.issued().exists():
        return None
    return Attachment("tickets.pdf", tickets_pdf(booking), "application/pdf")


def calendar(code: str) -> Attachment | None:
    """Return the booking's calendar entry, or nothing if all tickets were canceled before the message was sent."""
    booking = _read(code)
    return _calendar(booking) if booking.tickets.issued().exists() else None


def changed_calendar(code: str) -> Attachment:
    """Return the current entry, which removes a canceled show or booking from calendars."""
    return _calendar(_read(code))


def _calendar(booking: Booking) -> Attachment:
    from bookings.tickets.documents import calendar_ics  # noqa: PLC0415

    # An attachment to open, not an invitation, which mail programs would answer.
    return Attachment("calendar.ics", calendar_ics(booking), "text/calendar")


def _read(code: str) -> Booking:
    return Booking.objects.select_related("show__event", "show__hall__theater__city", "theater__city").get(code=code)
