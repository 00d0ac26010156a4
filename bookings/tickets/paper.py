"""Tickets as a box office prints them, on the stock of its theater; and a sample to try a printer with."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.translation import get_language, gettext, override

from bookings.errors import WrongState
from bookings.models import Booking, Ticket, TicketPrint, by_show
from bookings.tickets.documents import describe_tickets, read_print
from events.models import Event, Show, TicketType
from lib.typesetting import direct, rasterize, typeset
from theaters.models import Hall, Seat, SeatCategory, Theater
from theaters.stock import TicketStock

_TEMPLATE = "printed_tickets.typ"
# As wide as the paper; a receipt printer reaches the middle 72 mm of its 80 mm and gets just these.
_EDGE_MM, _NO_EDGE_MM = 4, 0
# As long as a ticket's own, so that the code is as dense. No door takes it.
_SAMPLE_CODE = "SAMPLE." * 20


def printed_pdf(made: TicketPrint) -> bytes:
    """Typeset the tickets of a print that are still issued. Raises `WrongState` if none is. One statement."""
    return typeset(_TEMPLATE, _describe(made) | {"edge": _EDGE_MM}, made_at=made.at)


def printed_pictures(made: TicketPrint) -> list[bytes]:
    """Draw the same for a receipt printer: a PNG for each ticket. Raises `WrongState`. One statement."""
    return rasterize(_TEMPLATE, _describe(made) | {"edge": _NO_EDGE_MM})


def sample_pdf(theater: Theater) -> bytes:
    """Typeset a ticket marked as a sample on the theater's stock, in the active language. No query."""
    return typeset(_TEMPLATE, _describe_sample(theater) | {"edge": _EDGE_MM})


def sample_pictures(theater: Theater) -> list[bytes]:
    """Draw the same for a receipt printer. No query."""
    return rasterize(_TEMPLATE, _describe_sample(theater) | {"edge": _NO_EDGE_MM})


def sample_picture(theater: Theater, *, words: str) -> bytes:
    """Draw a sample of a mailed ticket as PNG, with these words of the theater's. No query."""
    described = _describe_sample(theater, is_printed=False)
    for ticket in described["tickets"]:
        ticket["words"] = direct(words)
    return rasterize("tickets.typ", described)[0]


def _describe(made: TicketPrint) -> dict[str, Any]:
    shows = by_show(ticket for ticket in read_print(made) if ticket.state == Ticket.State.ISSUED)
    if not shows:
        raise WrongState
    with override(made.booking.locale):
        mark = gettext("copy %(number)d") % {"number": made.copy} if made.copy > 1 else ""
        in_black = TicketStock(made.stock).is_thermal
        return describe_tickets(made.booking, shows.items(), mark=mark, in_black=in_black) | {"stock": made.stock}


def _describe_sample(theater: Theater, *, is_printed: bool = True) -> dict[str, Any]:
    # Of rows that are never saved.
    booking = Booking(code="SAMPLE", theater=theater, currency=theater.currency, locale=get_language() or "en")
    hall = Hall(theater=theater, name=gettext("Main hall"))
    event = Event(title=gettext("Sample ticket"))
    starts_at = timezone.now().replace(minute=30, second=0, microsecond=0)
    show = Show(code="SAMPLE", event=event, hall=hall, starts_at=starts_at, doors_at=starts_at - timedelta(hours=1))
    ticket = Ticket(
        booking=booking,
        show=show,
        seat=Seat(section=gettext("Stalls"), row="C", number="12"),
        category=SeatCategory(name=gettext("Category")),
        ticket_type=TicketType(theater=theater, name=gettext("Adult")),
        price=Decimal(0),
        code="SAMPLE",
    )
    mark = gettext("sample, not valid")
    stock = TicketStock(theater.ticket_stock)
    described = describe_tickets(
        booking,
        [(show, [ticket])],
        mark=mark,
        read_code=lambda _ticket: _SAMPLE_CODE,
        in_black=is_printed and stock.is_thermal,
    )
    return described | {"stock": stock}
