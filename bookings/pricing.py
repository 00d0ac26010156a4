"""Amounts: pure functions from prices and rules to what is paid, taxed and refunded.

All amounts are `Decimal` in major units, rounded to what may be charged (`lib/money.py`). Whatever is split
over tickets adds up to the cent: the smallest units that rounding leaves over go to the largest
remainders (Hamilton's method), and to the first among equals.

- discount: a voucher's percentage or amount, on the tickets that it is valid for, never above their price.
- total: tickets − discount + fees, and tax on top if the theater's prices do not include it.
- tax: on tickets and fees together, rounded once for the booking.
- each ticket has its share of the total, apart from that its share of the fees, and its share of the tax.
- refund on cancellation: the tickets' amounts at the show's percentage. Fees are kept.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_FLOOR, Decimal

from lib.money import round_charge, smallest_charge, smallest_coin

ZERO = Decimal(0)


@dataclass(frozen=True)
class QuotedTicket:
    """A ticket's parts: `amount` and `fees` add up to the booking's total, and `tax` to its tax, for all tickets."""

    discount: Decimal
    amount: Decimal
    fees: Decimal
    tax: Decimal


@dataclass(frozen=True)
class Quote:
    """What a booking costs; `total` is what the customer pays."""

    tickets: list[QuotedTicket]
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
    fees: Decimal = ZERO,
) -> Quote:
    """Add up a booking. `tax_rate` is in percent."""
    discount = sum(discounts, ZERO)
    costs = [price - part for price, part in zip(prices, discounts, strict=True)]
    whole = sum(costs, ZERO)
    net = whole + fees
    tax = round_charge(net * tax_rate / (100 + tax_rate if includes_tax else 100), currency)
    total = net if includes_tax else net + tax
    for_fees = round_charge(fees * total / net, currency) if whole else total
    amounts = split(total - for_fees, costs, currency)
    # Fees of tickets that cost nothing are shared equally.
    shares = split(for_fees, costs if whole else [Decimal(1)] * len(costs), currency)
    wholes = [amount + share for amount, share in zip(amounts, shares, strict=True)]
    taxes = split(tax, wholes, currency)
    parts = zip(discounts, amounts, shares, taxes, strict=True)
    return Quote([QuotedTicket(*part) for part in parts], discount, fees, tax, total)


def quote_refunds(worth: Sequence[Decimal], *, percent: Decimal, currency: str) -> list[Decimal]:
    """Return what each ticket gets back when `percent` of what they are `worth` is refunded.

    Given all tickets that were paid, including canceled ones, what each gets does not depend on what is canceled
    with it or before it, so several cancellations refund exactly as much as one.
    """
    return split(round_charge(sum(worth, ZERO) * percent / 100, currency), worth, currency)
