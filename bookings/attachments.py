"""The documents that messages about bookings carry, made when the message is sent."""

from datetime import date

from accounts.models import User
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


def monthly_report(person: str, month: str, zone: str) -> Attachment | None:
    from bookings.monthly_report import monthly_report_pdf  # noqa: PLC0415 only workers need the typesetter

    user = User.objects.filter(pk=person, is_active=True).first()
    if user is None:
        return None
    content = monthly_report_pdf(user, date.fromisoformat(month), zone)
    return Attachment(f"{month[:7]}.pdf", content, "application/pdf")
