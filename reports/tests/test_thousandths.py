"""Money in frames is exact."""

from decimal import Decimal

import pandas as pd
import pytest

from reports.figures import _add_figures
from reports.thousandths import integers, share, to_decimal, to_thousandths

pytestmark = pytest.mark.once

FIGURES = ["face", "discount", "fees", "gross", "refunded", "exchanged", "tax", "net", "net_fees"]


def column(*values: int) -> pd.Series:
    return pd.Series(values, dtype="Int64")


def test_floats_are_refused():
    with pytest.raises(TypeError):
        integers([0.1, 0.2])
    with pytest.raises(ValueError, match="digits"):
        to_thousandths(Decimal("0.0001"))


def test_sums_that_binary_numbers_miss_are_exact():
    tenth, fifth = to_thousandths(Decimal("0.10")), to_thousandths(Decimal("0.20"))
    frame = pd.DataFrame({"amount": integers([tenth, fifth] * 100_000), "key": "a"})
    whole = frame.groupby("key")["amount"].sum()
    assert whole.dtype == "Int64"
    assert to_decimal(whole["a"], "EUR") == Decimal("30000.00")
    assert sum([0.1, 0.2] * 100_000) != 30000


@pytest.mark.parametrize(
    ("thousandths", "currency", "amount"),
    [
        (12_500, "EUR", "12.50"),
        (-5_000, "EUR", "-5.00"),
        (1_200_000, "JPY", "1200"),
        (1_234, "KWD", "1.234"),
        (5, "EUR", "0.005"),
    ],
)  # fmt: skip
def test_amounts_leave_with_their_currencys_digits(thousandths: int, currency: str, amount: str):
    assert str(to_decimal(thousandths, currency)) == amount


def test_shares_round_half_up():
    assert list(share(column(1000, 1000, 0), column(1, 1, 1), column(8, 3, 0), column(10, 10, 10))) == [130, 330, 0]


def lines(*tickets: dict[str, int | str]) -> pd.DataFrame:
    """Make lines in euros from amounts in cents, each of a ticket at 10.00 that stays in use."""
    usual = {"face": 1000, "discount": 0, "fees": 0, "amount": 1000, "all_tax": 91, "refunded": 0, "exchanged": 0}
    usual |= {"fees_tax": 0, "refunded_fees": 0, "exchanged_fees": 0}
    rows = [
        {name: int(ticket.get(name, cents)) * 10 for name, cents in usual.items()}
        | {"state": ticket.get("state", "issued"), "kind": "sale", "currency": "EUR"}
        for ticket in tickets
    ]
    frame = pd.DataFrame(rows)
    for name in usual:
        frame[name] = integers(frame[name])
    return frame


@pytest.mark.parametrize(
    ("booking", "sums"),
    [
        # Two at 10.00, 10 % tax in the price.
        (lines({}, {}), {"gross": 2000, "tax": 182, "net": 1818, "refunded": 0}),
        # A voucher of 5.00 and a fee of 1.50; one of two canceled, its half of the tickets given back.
        (
            lines(
                {"discount": 250, "amount": 750, "fees": 75, "all_tax": 75, "fees_tax": 7},
                {"discount": 250, "amount": 750, "fees": 75, "all_tax": 75, "fees_tax": 7}
                | {"state": "canceled", "refunded": 750},
            ),
            {"face": 2000, "discount": 500, "fees": 150, "gross": 1650, "refunded": 750, "tax": 82, "net": 818}
            | {"net_fees": 136},
        ),
        # All of it given back, fee and tax too.
        (
            lines(
                {"fees": 150, "all_tax": 105, "fees_tax": 14, "refunded": 1150, "refunded_fees": 150}
                | {"state": "canceled"}
            ),
            {"gross": 1150, "refunded": 1150, "tax": 0, "net": 0, "net_fees": 0},
        ),
        # One of two exchanged for a cheaper one: most of it pays for that, the rest goes back.
        (
            lines({}, {"state": "canceled", "refunded": 200, "exchanged": 800}),
            {"gross": 2000, "refunded": 200, "exchanged": 800, "tax": 91, "net": 909},
        ),
        # Tax on top of the price.
        (lines({"amount": 1200, "all_tax": 200}), {"gross": 1200, "tax": 200, "net": 1000}),
        # Free by a voucher of 100 %, with a fee.
        (
            lines(
                {"discount": 1000, "amount": 0, "fees": 51, "all_tax": 5, "fees_tax": 5},
                {"discount": 1000, "amount": 0, "fees": 50, "all_tax": 4, "fees_tax": 4},
            ),
            {"gross": 101, "net": 92, "net_fees": 92},
        ),
    ],
)  # fmt: skip
def test_figures_of_a_booking(booking: pd.DataFrame, sums: dict[str, int]):
    found = _add_figures(booking)
    assert {name: int(found[name].sum()) // 10 for name in sums} == sums
    assert (found["gross"] == found["net"] + found["refunded"] + found["exchanged"] + found["tax"]).all()
    assert all(str(found[name].dtype) == "Int64" for name in FIGURES)


def test_what_is_given_away_is_no_money():
    booking = lines({"amount": 0, "all_tax": 0}).assign(kind="complimentary")
    found = _add_figures(booking)
    assert found[["free", "sold", *FIGURES]].sum().tolist() == [1, *[0] * 10]
