"""The documents attached to messages about bookings, made when the message is sent."""

from bookings.access import ticket_url
from bookings.models import Ticket
from bookings.tickets.qr import paint_qr
from notifications.attachments import Attachment, Shared
from payments.models import BankAccount, Payment
from payments.transfers import write_epc_code


def tickets(shared: Shared, code: str) -> Attachment | None:
    """Return the booking's tickets, or nothing if all were canceled before the message was sent."""
    from bookings.tickets.documents import tickets_pdf  # noqa: PLC0415 only workers need the typesetter

    found = _read(shared, code)
    if not _are_any_issued(found):
        return None
    return Attachment("tickets.pdf", tickets_pdf(found[0].booking, found), "application/pdf")


def calendar(shared: Shared, code: str) -> Attachment | None:
    """Return the booking's calendar entry, or nothing if all tickets were canceled before the message was sent."""
    found = _read(shared, code)
    return _calendar(found) if _are_any_issued(found) else None


def changed_calendar(shared: Shared, codes: str) -> Attachment:
    """Return the current entry of one show, which removes it from calendars if it or its tickets are canceled.

    `codes` are those of booking and show, with a space in between.
    """
    code, _space, show_code = codes.partition(" ")
    return _calendar(_read(shared, code), show_code)


def passed_on_ticket(shared: Shared, ticket_code: str) -> Attachment | None:
    """Return one ticket for the person to whom it was passed on, or nothing if they no longer have it."""
    from bookings.tickets.documents import tickets_pdf  # noqa: PLC0415

    found = [ticket for ticket in _read_holders(shared, ticket_code) if ticket.code == ticket_code]
    if not _are_any_issued(found):
        return None
    return Attachment("ticket.pdf", tickets_pdf(found[0].booking, found), "application/pdf")


def passed_on_calendar(shared: Shared, ticket_code: str) -> Attachment | None:
    """Return the current entry for the person to whom the ticket was passed on, canceled if they have none."""
    from bookings.tickets.documents import calendar_ics  # noqa: PLC0415

    found = _read_holders(shared, ticket_code)
    if not found:
        return None
    url = ticket_url(next(ticket for ticket in found if ticket.code == ticket_code))
    return Attachment("calendar.ics", calendar_ics(found[0].booking, found, url=url), "text/calendar")


def transfer_code(_shared: Shared, code: str) -> Attachment | None:
    """Return the code by which a banking app fills in the transfer, or nothing if none is awaited any more."""
    payment = Payment.objects.awaited_transfers().filter(booking__code=code).order_by("-pk").first()
    account = BankAccount.objects.filter(theater__bookings__code=code).first()
    if payment is None or account is None:
        return None
    text = write_epc_code(account, payment.amount, payment.currency, payment.reference)
    return Attachment("transfer.png", paint_qr(text), "image/png") if text else None


def _read_holders(shared: Shared, ticket_code: str) -> list[Ticket]:
    """Return all tickets for the show that the ticket's holder has or had, read once for a message."""
    from bookings.tickets.documents import read_holders_tickets  # noqa: PLC0415

    if ticket_code not in shared:
        whose = Ticket.objects.filter(code=ticket_code).values_list("booking_id", "show_id", "attendee_email").first()
        shared[ticket_code] = read_holders_tickets(*whose) if whose and whose[-1] else []
    found: list[Ticket] = shared[ticket_code]
    return found


def _calendar(found: list[Ticket], show_code: str = "") -> Attachment:
    from bookings.tickets.documents import calendar_ics  # noqa: PLC0415

    # An attachment to open, not an invitation, which mail programs would answer.
    content = calendar_ics(found[0].booking, found, show_code=show_code)
    return Attachment("calendar.ics", content, "text/calendar")


def _are_any_issued(found: list[Ticket]) -> bool:
    return any(ticket.state == Ticket.State.ISSUED for ticket in found)


def _read(shared: Shared, code: str) -> list[Ticket]:
    """Return the booking's tickets, read once for all documents of a message."""
    from bookings.tickets.documents import read_tickets  # noqa: PLC0415

    if code not in shared:
        shared[code] = read_tickets(code)
    found: list[Ticket] = shared[code]
    return found
