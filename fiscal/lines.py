"""What the lines of a receipt are: tickets and fees with their tax, or money that is for none.

What a ticket that moved pays for stays with the ticket that was sold (`find_roots`), so each sold ticket has one
account: its lines add up to what the theater keeps of it, now. A line is the difference between what that was and
what it becomes. Its tax is computed from the whole, as the reports do (`reports/figures.py`), so however many parts a
ticket goes back in, the tax of all of its lines is that of what was kept, to the cent.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal

from django.db.models import QuerySet, Sum
from django.utils.translation import gettext

from bookings.models import Exchange, Ticket
from bookings.taxes import TaxLine, parts_of
from fiscal.models import ReceiptLine
from lib.money import round_money
from payments.models import Payment, Refund
from theaters.models import SaleKind

ZERO = Decimal(0)
Kind = ReceiptLine.Kind


# Of a ticket: so much of its admission, and so much of its fees.
Parts = tuple[Decimal, Decimal]


def lines_of_sale(payment: Payment) -> list[ReceiptLine]:
    """Return a line for each ticket that the payment of a booking bought, and for its fees. Two queries."""
    tickets = _sold(Ticket.objects.filter(booking=payment.booking_id, exchange=None)).values_list("pk", flat=True)
    return change_lines(dict.fromkeys(tickets), payment.received_currency)


def lines_of_exchange(exchange: Exchange) -> list[ReceiptLine]:
    """Return what the tickets taken cost and, negative, what those given back pay of it. Five queries."""
    roots = find_roots(exchange.returned.values_list("pk", "credited", "credited_fees"))
    changes: dict[int, Parts | None] = {pk: (-admission, -fees) for pk, (admission, fees) in roots.items()}
    changes |= dict.fromkeys(_sold(exchange.taken.all()).values_list("pk", flat=True))
    return change_lines(changes, exchange.booking.currency)


def lines_of_refund(refund: Refund, *, is_reversal: bool = False) -> list[ReceiptLine]:
    """Return what goes back for each ticket, or comes again if the refund failed after all. Four queries."""
    sign = 1 if is_reversal else -1
    roots = find_roots(refund.lines.values_list("ticket", "amount", "fees"))
    return change_lines({pk: (sign * parts[0], sign * parts[1]) for pk, parts in roots.items()}, refund.currency)


def deposit_line(amount: Decimal) -> ReceiptLine:
    return ReceiptLine(kind=Kind.DEPOSIT, gross=amount, text=gettext("Money without a sale"))


def change_lines(changes: Mapping[int, Parts | None], currency: str) -> list[ReceiptLine]:
    """Return the lines that change what is kept of sold tickets, by pk, by these amounts; None sells the ticket.

    A bank may take more than was paid for a ticket; then less than nothing is kept. Two queries.
    """
    tickets = Ticket.objects.filter(pk__in=changes).select_related(
        "seat", "area", "ticket_type", "show__event", "show__hall"
    )
    kept = _read_kept(changes)
    lines = []
    for ticket in sorted(tickets, key=lambda one: (one.show.starts_at, one.show_id, one.pk)):
        change = changes[ticket.pk]
        for index, part in enumerate(parts_of(ticket)):
            gross, tax = kept.get((ticket.pk, part.kind), (ZERO, ZERO))
            stays = part.gross if change is None else gross + change[index]
            line = ReceiptLine(
                kind=part.kind,
                ticket=ticket,
                tax_rate=part.rate,
                gross=stays - gross,
                tax=_tax_of(part, stays, currency) - tax,
                text=_describe(ticket, part.kind),
            )
            if line.gross or line.tax or (change is None and part.kind == SaleKind.ADMISSION):
                lines.append(line)
    return lines


def _tax_of(part: TaxLine, kept: Decimal, currency: str) -> Decimal:
    """Return the tax in what is kept of it: all, less the share of what is gone, rounded half up."""
    return part.tax - round_money(part.tax * (part.gross - kept) / part.gross, currency) if part.gross else ZERO


def find_roots(rows: Iterable[tuple[int, Decimal, Decimal]]) -> dict[int, Parts]:
    """Return amounts of tickets as parts of the tickets that were sold and moved to become these, by pk.

    A row has the pk, the amount, and the fees in it. One query, and one more for each time that some were moved.
    """
    found: dict[int, Parts] = {}
    waiting = [(pk, amount - fees, fees) for pk, amount, fees in rows]
    while waiting:
        pks = [pk for pk, *_parts in waiting]
        moved = dict(Ticket.objects.filter(pk__in=pks, moved_from__isnull=False).values_list("pk", "moved_from"))
        before, waiting = waiting, []
        for pk, admission, fees in before:
            if (earlier := moved.get(pk)) is not None:
                waiting.append((earlier, admission, fees))
            else:
                so_far = found.get(pk, (ZERO, ZERO))
                found[pk] = so_far[0] + admission, so_far[1] + fees
    return found


def _sold(tickets: QuerySet[Ticket]) -> QuerySet[Ticket]:
    states = [Ticket.State.ISSUED, Ticket.State.CANCELED]
    return tickets.filter(state__in=states, moved_from=None).order_by("pk")


def _read_kept(tickets: Iterable[int]) -> dict[tuple[int, str], tuple[Decimal, Decimal]]:
    rows = ReceiptLine.objects.filter(ticket__in=list(tickets)).order_by()
    sums = rows.values_list("ticket", "kind").annotate(gross=Sum("gross"), tax=Sum("tax"))
    # Rounded, because SQLite adds up in binary.
    return {(pk, kind): (round(gross, 3), round(tax, 3)) for pk, kind, gross, tax in sums}


def _describe(ticket: Ticket, kind: SaleKind) -> str:
    if kind == SaleKind.FEE:
        return gettext("Fees")
    return f"{ticket.label} · {ticket.ticket_type.name}"
