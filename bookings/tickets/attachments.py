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


def changed_calendar(codes: str) -> Attachment:
    """Return the current entry of one show, which removes it from calendars if it or its tickets are canceled.

    `codes` are those of booking and show, with a space in between.
    """
    code, _space, show_code = codes.partition(" ")
    return _calendar(_read(code), show_code)


def _calendar(booking: Booking, show_code: str = "") -> Attachment:
    from bookings.tickets.documents import calendar_ics  # noqa: PLC0415

    # An attachment to open, not an invitation, which mail programs would answer.
    return Attachment("calendar.ics", calendar_ics(booking, show_code=show_code), "text/calendar")


def _read(code: str) -> Booking:
    return Booking.objects.get(code=code)
