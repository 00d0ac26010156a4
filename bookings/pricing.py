"""Amounts: pure functions from prices and rules to what is paid, taxed and refunded.

All amounts are `Decimal` in major units, rounded to what may be charged (`lib/money.py`). Whatever is split
over tickets adds up to the cent: the smallest units that rounding leaves over go to the largest
remainders (Hamilton's method), and to the first among equals.

- discount: a voucher's percentage or amount, on the tickets that it is valid for, never above their price.
- total: tickets − discount + fees, and tax on top if the theater's prices do not include it.
- tax: on tickets and fees, each at its rate, rounded once for each rate, or for each ticket and fee.
- each ticket has its own tax, the fees that are charged for it, and its part of those for the whole booking.
- refund on cancellation: the tickets' amounts at the show's percentage, and the fees that are returned, in full.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_FLOOR, Decimal

from lib.money import round_charge, smallest_charge, smallest_coin

ZERO = Decimal(0)


@dataclass(frozen=True)
class QuotedTicket:
    """A ticket's parts: `amount` and `fees` add up to the booking's total, and `tax` to its tax, for all tickets.

    `fees_tax` is the part of the tax, and `returned_fees` of the fees, that these names say.
    """

    discount: Decimal
    amount: Decimal
    fees: Decimal
    tax: Decimal
    fees_tax: Decimal
    returned_fees: Decimal


@dataclass(frozen=True)
class Fee:
    """A fee to be charged, with or without tax as prices are; for the ticket at `index`, or for the booking."""

    amount: Decimal
    index: int | None = None
    is_returned: bool = False


@dataclass(frozen=True)
class QuotedFee:
    """A fee as the customer pays it, tax included."""

    amount: Decimal
    tax: Decimal


@dataclass(frozen=True)
class Quote:
    """What a booking costs; `total` is what the customer pays."""

    tickets: list[QuotedTicket]
    charged: list[QuotedFee]
    discount: Decimal
    fees: Decimal
    tax: Decimal
    total: Decimal


def split(amount: Decimal, weights: Sequence[Decimal], currency: str) -> list[Decimal]:
    """Split a rounded `amount` by weight so that the parts add up to it exactly.

    A part is zero where its weight is; `amount` must be zero when all weights are.
    """
    whole = sum(weights, ZERO)
    if not whole:
        if amount:
            raise ValueError("An amount cannot be split over nothing.")
        return [ZERO for _weight in weights]
    step = smallest_charge(currency)
    if amount % step:
        step = smallest_coin(currency)
    units = int(amount / step)
    exact = [units * weight / whole for weight in weights]
    parts = [int(part.to_integral_value(ROUND_FLOOR)) for part in exact]
    by_remainder = sorted(range(len(parts)), key=lambda i: (parts[i] - exact[i], i))
    for i in by_remainder[: units - sum(parts)]:
        parts[i] += 1
    return [part * step for part in parts]


def quote_discounts(
    prices: Sequence[Decimal],
    *,
    currency: str,
    percent: Decimal | None = None,
    amount: Decimal | None = None,
    applies: Sequence[bool] | None = None,
) -> list[Decimal]:
    """Return each ticket's part of a discount of `percent`, or else of `amount`, on the tickets it applies to."""
    reduced = [price if applies is None or applies[i] else ZERO for i, price in enumerate(prices)]
    whole = sum(reduced, ZERO)
    discount = whole * percent / 100 if percent is not None else amount or ZERO
    return split(min(round_charge(discount, currency), whole), reduced, currency)


def quote_booking(
    prices: Sequence[Decimal],
    discounts: Sequence[Decimal],
    *,
    currency: str,
    tax_rate: Decimal,
    includes_tax: bool,
    fees: Sequence[Fee] = (),
    fees_tax_rate: Decimal = ZERO,
    is_rounded_by_line: bool = False,
) -> Quote:
    """Add up a booking. The tax rates are in percent."""
    costs = [price - part for price, part in zip(prices, discounts, strict=True)]
    bases = [*costs, *(fee.amount for fee in fees)]
    rates = [tax_rate] * len(costs) + [fees_tax_rate] * len(fees)
    taxes = _tax(bases, rates, currency, includes_tax=includes_tax, is_by_line=is_rounded_by_line)
    amounts = bases if includes_tax else [base + tax for base, tax in zip(bases, taxes, strict=True)]
    charged = [QuotedFee(amount, tax) for amount, tax in zip(amounts[len(costs) :], taxes[len(costs) :], strict=True)]
    own, own_taxes, returned = ([ZERO] * len(costs) for _part in range(3))
    for fee, quoted in zip(fees, charged, strict=True):
        # Of tickets that cost nothing, all have the same part.
        even = costs if any(costs) else [Decimal(1)] * len(costs)
        weights = even if fee.index is None else [Decimal(index == fee.index) for index in range(len(costs))]
        parts = split(quoted.amount, weights, currency)
        for index, (part, tax) in enumerate(zip(parts, split(quoted.tax, weights, currency), strict=True)):
            own[index] += part
            own_taxes[index] += tax
            returned[index] += part if fee.is_returned else ZERO
    tickets = [
        QuotedTicket(discount, amount, fee, tax + fees_tax, fees_tax, back)
        for discount, amount, fee, tax, fees_tax, back in zip(
            discounts, amounts[: len(costs)], own, taxes[: len(costs)], own_taxes, returned, strict=True
        )
    ]
    whole = sum((fee.amount for fee in charged), ZERO)
    return Quote(tickets, charged, sum(discounts, ZERO), whole, sum(taxes, ZERO), sum(amounts, ZERO))


def _tax(
    bases: Sequence[Decimal], rates: Sequence[Decimal], currency: str, *, includes_tax: bool, is_by_line: bool
) -> list[Decimal]:
    """Return the tax of each line: rounded for itself, or its part of what is rounded once for each rate."""

    def tax_of(base: Decimal, rate: Decimal) -> Decimal:
        return round_charge(base * rate / (100 + rate if includes_tax else 100), currency)

    if is_by_line:
        return [tax_of(base, rate) for base, rate in zip(bases, rates, strict=True)]
    found = [ZERO] * len(bases)
    for rate in set(rates):
        lines = [index for index, one in enumerate(rates) if one == rate]
        own = [bases[index] for index in lines]
        for index, part in zip(lines, split(tax_of(sum(own, ZERO), rate), own, currency), strict=True):
            found[index] = part
    return found


def quote_refunds(worth: Sequence[Decimal], *, percent: Decimal, currency: str) -> list[Decimal]:
    """Return what each ticket gets back when `percent` of what they are `worth` is refunded.

    Given all tickets that were paid, including canceled ones, what each gets does not depend on what is canceled
    with it or before it, so several cancellations refund exactly as much as one.
    """
    return split(round_charge(sum(worth, ZERO) * percent / 100, currency), worth, currency)
