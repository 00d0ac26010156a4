"""Receipts for a roll of 80 mm: what was bought, what it cost, and how it was paid."""

from typing import Any

from django.utils.translation import gettext, override

from bookings.models import Booking, Ticket, by_show
from bookings.own_words import write_words
from lib.money import format_money
from lib.templatetags import formats
from lib.typesetting import direct, rasterize, typeset
from payments.models import Payment, Refund

_TEMPLATE = "receipt.typ"
# As wide as the paper; a receipt printer reaches the middle 72 mm of its 80 mm and gets just these.
_EDGE_MM, _NO_EDGE_MM = 4, 0


class NothingSold(Exception):
    """The booking has no ticket that costs or admits."""


def receipt_pdf(booking: Booking) -> bytes:
    """Typeset the receipt of a booking in its language. Raises `NothingSold`. Three statements."""
    return typeset(_TEMPLATE, describe_receipt(booking) | {"edge": _EDGE_MM}, made_at=booking.confirmed_at)


def receipt_pictures(booking: Booking) -> list[bytes]:
    """Draw the same for a receipt printer. Raises `NothingSold`. Three statements."""
    return rasterize(_TEMPLATE, describe_receipt(booking) | {"edge": _NO_EDGE_MM})


def describe_receipt(booking: Booking) -> dict[str, Any]:
    """Return what the receipt says. Its lines and the fees add up to the total.

    A line is what the booking pays for a ticket, with its discount and tax; that of a canceled ticket says so.
    """
    rows = booking.tickets.filter(state__in=[Ticket.State.ISSUED, Ticket.State.CANCELED])
    rows = rows.select_related("seat", "area", "ticket_type", "show__event", "show__hall").order_by(
        "seat__run", "seat__position", "pk"
    )
    tickets = [ticket for ticket in rows if ticket.state == Ticket.State.ISSUED or ticket.worth]
    if not tickets:
        raise NothingSold
    with override(booking.locale):
        words = write_words("receipt", booking, booking.theater, None)
        return _describe(booking, tickets) | {"words": direct(words)}


def _describe(booking: Booking, tickets: list[Ticket]) -> dict[str, Any]:
    theater, zone = booking.theater, booking.theater.city.time_zone

    def money(amount: Any) -> str:
        return format_money(amount, booking.currency, booking.locale)

    payments = list(booking.payments.filter(state=Payment.State.CAPTURED).order_by("captured_at", "pk"))
    refunds = list(
        Refund.objects.filter(payment__in=payments, state=Refund.State.SUCCEEDED).order_by("settled_at", "pk")
    )
    return {
        "language": booking.locale.partition("-")[0],
        "title": f"{gettext('Receipt')} {booking.code}",
        "theater": direct(theater.name),
        "address": direct(theater.place),
        "paid_at": [formats.when(payment.captured_at, zone) for payment in payments[:1] if payment.captured_at],
        "shows": [
            {
                "title": direct(show.event.title),
                "starts": formats.when(show.starts_at, zone),
                "hall": direct(show.hall.name),
                "lines": [
                    {
                        "place": direct(ticket.label),
                        "type": direct(_name_type(ticket)),
                        "amount": money(ticket.worth),
                    }
                    for ticket in of_show
                ],
            }
            for show, of_show in by_show(tickets).items()
        ],
        "sums": [[gettext("Fees"), money(booking.fees)]] if booking.fees else [],
        "total": [gettext("Total"), money(booking.total)],
        "tax": [
            *([[gettext("including discount"), f"−{money(booking.discount)}"]] if booking.discount else []),
            *([[gettext("including tax"), money(booking.tax)]] if booking.tax else []),
        ],
        "payments": [
            *([_name_payment(payment), money(payment.amount)] for payment in payments),
            *([gettext("Refunded"), f"−{money(refund.amount)}"] for refund in refunds),
        ],
    }


def _name_type(ticket: Ticket) -> str:
    if ticket.state == Ticket.State.ISSUED:
        return ticket.ticket_type.name
    return f"{ticket.ticket_type.name} ({gettext('canceled')})"


def _name_payment(payment: Payment) -> str:
    words = {
        Payment.Gateway.CASH: gettext("Paid in cash"),
        Payment.Gateway.TERMINAL: gettext("Paid by card"),
    }
    name = words.get(Payment.Gateway(payment.gateway), gettext("Paid"))
    return f"{name} · {payment.reference}" if payment.reference and payment.gateway in words else name
