"""Net, tax and gross by kind of sale and rate: of a booking, and of money that comes in or goes out.

Each part of a ticket has its own tax, so that everything here adds up to the cent. What is refunded of a ticket, or
pays for others in an exchange, takes its share of the tax; of several refunds, the last one has what rounding left.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Q

from bookings.models import Booking, Ticket
from payments.models import Payment, Refund, RefundLine
from theaters.models import SaleKind


@dataclass(frozen=True)
class TaxLine:
    """What was sold of a kind at a rate, in the booking's currency; `rate` is in percent and `gross` = net + tax."""

    kind: SaleKind
    rate: Decimal
    gross: Decimal
    tax: Decimal

    @property
    def net(self) -> Decimal:
        return self.gross - self.tax


class _Sums:
    def __init__(self) -> None:
        self.gross: dict[tuple[SaleKind, Decimal], Decimal] = defaultdict(Decimal)
        self.tax: dict[tuple[SaleKind, Decimal], Decimal] = defaultdict(Decimal)

    def add(self, lines: Iterable[TaxLine], sign: int = 1) -> None:
        for line in lines:
            self.gross[line.kind, line.rate] += sign * line.gross
            self.tax[line.kind, line.rate] += sign * line.tax

    def lines(self) -> list[TaxLine]:
        kinds = list(SaleKind)
        keys = sorted(self.gross, key=lambda key: (kinds.index(key[0]), key[1]))
        return [TaxLine(*key, self.gross[key], self.tax[key]) for key in keys if self.gross[key] or self.tax[key]]


def taxes_by_rate(lines: Iterable[TaxLine]) -> dict[Decimal, Decimal]:
    """Return the tax at each rate, whatever it is for, as receipts and summaries say it."""
    found: dict[Decimal, Decimal] = defaultdict(Decimal)
    for line in lines:
        if line.tax:
            found[line.rate] += line.tax
    return dict(sorted(found.items()))


def tax_breakdown(booking: Booking, tickets: Iterable[Ticket] | None = None) -> list[TaxLine]:
    """Return what a booking was sold for, as its total has it: canceled tickets too, since refunds are apart.

    The lines add up to `total`, and their tax to `tax`. What tickets given back paid of others counts once. One query,
    none if all its `tickets` are given.
    """
    is_open = booking.state in {Booking.State.HELD, Booking.State.EXPIRED}
    states = list(Ticket.State) if is_open else [Ticket.State.ISSUED, Ticket.State.CANCELED]
    sums = _Sums()
    for ticket in booking.tickets.order_by() if tickets is None else tickets:
        if ticket.state not in states:
            continue
        ticket.booking = booking
        sums.add(parts_of(ticket))
        sums.add(_credited_part(ticket), -1)
    return sums.lines()


def tax_of_payment(payment: Payment) -> list[TaxLine]:
    """Return what a captured payment paid for. The lines add up to its amount; three queries.

    A surcharge pays for the tickets of its exchange, less what the tickets given back for them count for, by kind and
    rate: a line may be below zero. Money that bought nothing has no lines.
    """
    if payment.state != Payment.State.CAPTURED:
        return []
    booking = payment.booking
    bought = booking.tickets.filter(state__in=[Ticket.State.ISSUED, Ticket.State.CANCELED], moved_from=None)
    sums = _Sums()
    for ticket in bought.filter(exchange=payment.exchange_id):
        sums.add(parts_of(ticket))
    if payment.exchange is not None:
        for ticket in payment.exchange.returned.all():
            sums.add(_credited_part(ticket), -1)
    return sums.lines()


def tax_of_refund(refund: Refund) -> list[TaxLine]:
    """Return what a refund gives back, in amounts above zero. The lines add up to its amount; two queries.

    One of money that bought nothing has no lines.
    """
    booking = refund.payment.booking
    lines = RefundLine.objects.filter(ticket__in=refund.lines.values("ticket"), refund__pk__lte=refund.pk)
    lines = lines.filter(refund__payment__state=Payment.State.CAPTURED).select_related("ticket").order_by("refund_id")
    gone: dict[int, tuple[Decimal, Decimal]] = {}
    sums = _Sums()
    for line in lines.filter(Q(refund=refund) | ~Q(refund__state=Refund.State.FAILED)):
        ticket = line.ticket
        ticket.booking = booking
        before = gone.get(ticket.pk, (ticket.credited - ticket.credited_fees, ticket.credited_fees))
        after = gone[ticket.pk] = before[0] + line.amount - line.fees, before[1] + line.fees
        if line.refund_id == refund.pk:
            sums.add(_part_of(ticket, *after))
            sums.add(_part_of(ticket, *before), -1)
    return sums.lines()


def _credited_part(ticket: Ticket) -> list[TaxLine]:
    """Return what of a ticket pays for others in an exchange."""
    return _part_of(ticket, ticket.credited - ticket.credited_fees, ticket.credited_fees)


def parts_of(ticket: Ticket) -> list[TaxLine]:
    """Return a ticket's admission and its fees, as they were sold."""
    return [
        TaxLine(SaleKind.ADMISSION, ticket.tax_rate, ticket.amount, ticket.tax - ticket.fees_tax),
        TaxLine(SaleKind.FEE, ticket.fees_tax_rate, ticket.fees, ticket.fees_tax),
    ]


def _part_of(ticket: Ticket, admission: Decimal, fees: Decimal) -> list[TaxLine]:
    """Return so much of a ticket's admission and fees, with the tax in it: no more than all of it."""
    taxes = ticket.tax_in(admission, fees)
    parts = zip(parts_of(ticket), (admission, fees), taxes, strict=True)
    return [TaxLine(part.kind, part.rate, gross, tax) for part, gross, tax in parts]
