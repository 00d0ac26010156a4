"""Exact money in pandas: amounts are whole thousandths of the currency's unit, never floats.

The database returns thousandths as integers (`Thousandths`), frames hold them as `Int64`, whose sums
are exact, and `to_decimal` turns them back into amounts. Thousandths, because no currency has more
than three decimals and amounts are stored with three.
"""

from __future__ import annotations

from decimal import Decimal
from functools import cache
from typing import Any

import pandas as pd
from babel.numbers import get_currency_precision
from django.db.models import BigIntegerField, Func

DIGITS = 3


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
