"""Exact money in pandas: amounts are whole thousandths of the currency's unit, never floats.

The database returns thousandths as integers (`Thousandths`), frames hold them as `Int64`, whose sums
are exact, and `to_decimal` turns them back into amounts. Thousandths, because no currency has more
than three decimals and amounts are stored with three.
"""

from __future__ import annotations

from decimal import Decimal
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from babel.numbers import get_currency_precision
from django.db.models import BigIntegerField, Func

DIGITS = 3
IntArray = npt.NDArray[np.int64]


class Thousandths(Func):
    """An amount as whole thousandths, rounded, because SQLite calculates in binary."""

    template = "CAST(ROUND(%(expressions)s * 1000) AS bigint)"
    output_field = BigIntegerField()


def to_thousandths(amount: Decimal) -> int:
    """Return a stored amount as whole thousandths. Raises `ValueError` if it has more decimals."""
    scaled = amount.scaleb(DIGITS)
    if scaled != scaled.to_integral_value():
        raise ValueError(f"{amount} has more than {DIGITS} digits.")
    return int(scaled)


def to_decimal(thousandths: int, currency: str) -> Decimal:
    """Return an amount with the decimals of its currency, or with three where it needs them."""
    unit = unit_of(currency)
    if thousandths % unit:
        return Decimal(int(thousandths)).scaleb(-DIGITS)
    return Decimal(int(thousandths) // unit).scaleb(-_DIGITS_OF_UNIT[unit])


# The decimals of a currency, by the thousandths of its smallest coin.
_DIGITS_OF_UNIT = {10**digits: DIGITS - digits for digits in range(DIGITS + 1)}


@cache
def unit_of(currency: str) -> int:
    """Return the thousandths of a currency's smallest coin: 10 for EUR, 1000 for JPY, 1 for KWD."""
    return int(10 ** (DIGITS - get_currency_precision(currency)))


def integers(values: Any) -> pd.Series:
    """Return a column of exact integers. Raises `TypeError` for floats."""
    series = pd.Series(values)
    if pd.api.types.is_float_dtype(series.dtype):
        raise TypeError("Amounts are never floats.")
    return series.astype("Int64")


def divide(dividend: pd.Series, divisor: pd.Series) -> pd.Series:
    """Divide amounts ≥ 0 and round half up, exactly; 0 where the divisor is 0."""
    safe = divisor.where(divisor != 0, 1)
    return ((2 * dividend + safe) // (2 * safe)).where(divisor != 0, 0)


def share(amount: pd.Series, part: pd.Series, whole: pd.Series, unit: pd.Series) -> pd.Series:
    """Return amount × part ÷ whole, rounded half up to the currency's smallest coin; 0 where the whole is 0."""
    return divide((amount // unit) * part, whole) * unit


def split(amount: pd.Series, weight: pd.Series, group: pd.Series, unit: pd.Series) -> pd.Series:
    """Split each group's amount over its rows by weight, so that the parts add up to it exactly.

    What rounding leaves over goes to the largest remainders, and among equals to the first row, as in
    `bookings.pricing.split`. If all weights are zero, the parts are equal.
    """
    # In arrays: with few rows, as most theaters have in a day, frames take fifteen times as long.
    codes, groups = pd.factorize(group)
    amounts, weights, coins = (series.to_numpy(np.int64) for series in (amount, weight, unit))
    weights = np.where(_sums(weights, codes, len(groups)) != 0, weights, 1)
    coins = np.where(amounts % coins == 0, coins, 1)
    units = amounts // coins
    if len(units) and int(np.abs(units).max()) * int(weights.max()) > np.iinfo(np.int64).max:
        raise OverflowError("These amounts are too large to be split exactly.")
    parts, remainders = np.divmod(units * weights, _sums(weights, codes, len(groups)))
    left = units - _sums(parts, codes, len(groups))
    # Stable: among equals the first row comes first.
    order = np.lexsort((-remainders, codes))
    sizes = np.bincount(codes, minlength=len(groups))
    ranks = np.empty_like(codes)
    ranks[order] = np.arange(len(codes)) - np.repeat(sizes.cumsum() - sizes, sizes)
    return pd.Series((parts + (ranks < left)) * coins, index=amount.index, dtype="Int64")


def _sums(values: IntArray, codes: IntArray, groups: int) -> IntArray:
    """Return for each row the sum of its group, exactly."""
    sums = np.zeros(groups, np.int64)
    np.add.at(sums, codes, values)
    return sums[codes]
