"""Amounts add up to the cent, whatever the prices, percentages and currencies."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bookings.pricing import Fee, quote_booking, quote_discounts, quote_refunds, split
from lib.money import round_charge, smallest_charge

pytestmark = pytest.mark.once

CURRENCIES = st.sampled_from(["EUR", "INR", "JPY", "KWD"])


@st.composite
def priced(draw: st.DrawFn, smallest: int = 0) -> tuple[str, list[Decimal]]:
    currency = draw(CURRENCIES)
    units = draw(st.lists(st.integers(smallest, 500_000), min_size=1, max_size=20))
    return currency, [unit * smallest_charge(currency) for unit in units]


PERCENT = st.decimals(0, 100, places=4)
D = Decimal


@pytest.mark.parametrize(
    ("amount", "weights", "parts"),
    [
        ("10.00", ["1", "1", "1"], ["3.34", "3.33", "3.33"]),
        ("0.01", ["5", "5"], ["0.01", "0.00"]),
        ("10.00", ["10", "20"], ["3.33", "6.67"]),
        ("5.00", ["0", "20"], ["0.00", "5.00"]),
        ("0.00", ["0", "0"], ["0", "0"]),
    ],
)
def test_split_gives_leftover_units_to_the_largest_remainders(
    amount: str, weights: list[str], parts: list[str]
) -> None:
    assert split(D(amount), [D(weight) for weight in weights], "EUR") == [D(part) for part in parts]


def test_split_refuses_to_split_something_over_nothing() -> None:
    with pytest.raises(ValueError, match="over nothing"):
        split(D(1), [D(0)], "EUR")


@pytest.mark.slow
@given(priced(), st.integers(0, 10_000_000))
def test_split_adds_up_and_stays_within_a_unit_of_the_exact_part(priced: tuple[str, list[Decimal]], units: int) -> None:
    currency, weights = priced
    amount = units * smallest_charge(currency) if sum(weights) else D(0)
    parts = split(amount, weights, currency)
    assert sum(parts) == amount
    unit = smallest_charge(currency)
    for part, weight in zip(parts, weights, strict=True):
        assert part == round_charge(part, currency)
        assert abs(part - amount * weight / (sum(weights) or 1)) < unit


@pytest.mark.slow
@given(priced(), PERCENT)
def test_a_percentage_is_split_over_the_tickets_to_the_cent(
    priced: tuple[str, list[Decimal]], percent: Decimal
) -> None:
    currency, prices = priced
    discounts = quote_discounts(prices, currency=currency, percent=percent)
    assert sum(discounts) == round_charge(sum(prices) * percent / 100, currency)
    assert all(0 <= discount <= price for discount, price in zip(discounts, prices, strict=True))


@pytest.mark.slow
@given(priced(), st.integers(0, 10_000_000), st.data())
def test_an_amount_off_never_exceeds_the_tickets_that_it_is_for(
    priced: tuple[str, list[Decimal]], units: int, data: st.DataObject
) -> None:
    currency, prices = priced
    applies = data.draw(st.lists(st.booleans(), min_size=len(prices), max_size=len(prices)))
    amount = units * smallest_charge(currency)
    discounts = quote_discounts(prices, currency=currency, amount=amount, applies=applies)
    reachable = sum((price for price, is_valid in zip(prices, applies, strict=True) if is_valid), D(0))
    assert sum(discounts) == min(amount, reachable)
    for discount, price, is_valid in zip(discounts, prices, applies, strict=True):
        assert 0 <= discount <= (price if is_valid else 0)


@pytest.mark.parametrize(
    ("includes_tax", "fees", "tax", "total"),
    [
        (True, "0", "1.67", "10.00"),
        (False, "0", "2.00", "12.00"),
        (True, "2", "2.00", "12"),
        (False, "2", "2.4", "14.4"),
    ],
)
def test_tax_is_within_the_price_or_on_top(includes_tax: bool, fees: str, tax: str, total: str) -> None:
    quote = quote_booking(
        [D(6), D(5)],
        [D(1), D(0)],
        currency="EUR",
        tax_rate=D(20),
        includes_tax=includes_tax,
        fees=[Fee(D(fees))],
        fees_tax_rate=D(20),
    )
    assert (quote.tax, quote.total, quote.discount) == (D(tax), D(total), D(1))


@pytest.mark.slow
@given(priced(), PERCENT, PERCENT, st.booleans(), st.integers(0, 10_000))
def test_the_parts_of_a_booking_explain_its_total(
    priced: tuple[str, list[Decimal]],
    percent: Decimal,
    tax_rate: Decimal,
    includes_tax: bool,
    fee_units: int,
) -> None:
    currency, prices = priced
    discounts = quote_discounts(prices, currency=currency, percent=percent)
    fees = fee_units * smallest_charge(currency)
    quote = quote_booking(
        prices, discounts, currency=currency, tax_rate=tax_rate, includes_tax=includes_tax,
        fees=[Fee(fees)], fees_tax_rate=tax_rate,
    )  # fmt: skip
    assert quote.total == sum(prices) - quote.discount + fees + (0 if includes_tax else quote.tax)
    assert 0 <= quote.tax <= quote.total
    assert sum(ticket.amount + ticket.fees for ticket in quote.tickets) == quote.total
    assert sum(ticket.tax for ticket in quote.tickets) == quote.tax
    assert all(0 <= ticket.tax <= ticket.amount + ticket.fees for ticket in quote.tickets)
    assert quote.total == round_charge(quote.total, currency)


@pytest.mark.slow
@given(priced(), PERCENT, PERCENT, st.booleans(), st.integers(0, 10_000))
def test_refunds_by_ticket_add_up_to_the_policy_and_never_to_more_than_was_paid(
    priced: tuple[str, list[Decimal]],
    percent: Decimal,
    tax_rate: Decimal,
    includes_tax: bool,
    fee_units: int,
) -> None:
    currency, costs = priced
    fees = fee_units * smallest_charge(currency)
    quote = quote_booking(
        costs,
        [D(0)] * len(costs),
        currency=currency,
        tax_rate=tax_rate,
        includes_tax=includes_tax,
        fees=[Fee(fees)],
        fees_tax_rate=tax_rate,
    )
    amounts = [ticket.amount for ticket in quote.tickets]
    everything = quote_refunds(amounts, percent=D(100), currency=currency)
    refunds = quote_refunds(amounts, percent=percent, currency=currency)
    assert everything == amounts
    assert sum(refunds) == round_charge(sum(everything, D(0)) * percent / 100, currency)
    assert sum(everything) <= quote.total
    if includes_tax:
        assert sum(everything) == quote.total - fees
    assert all(refund >= 0 for refund in refunds)


def test_a_ticket_refunds_the_same_whatever_is_canceled_with_it() -> None:
    refunds = quote_refunds([D("10.00"), D("10.00"), D("9.99")], percent=D(50), currency="EUR")
    assert refunds == [D("5.00"), D("5.00"), D("5.00")]
    assert sum(refunds) == round_charge(D("29.99") / 2, "EUR")
