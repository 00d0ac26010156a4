"""Amounts of money: rounding to the currency's digits, reading and formatting.

Amounts are `Decimal` in major units (euros, not cents), everywhere.
"""

import re
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from functools import lru_cache

from babel import Locale
from babel.numbers import format_currency, format_decimal, get_currency_precision, get_decimal_symbol
from django.utils.translation import get_language

# Decimals that cards can be charged with.
CARD_DIGITS = 2


def smallest_coin(currency: str) -> Decimal:
    """Return the smallest amount of a currency: 0.01 for EUR, 1 for JPY, 0.001 for KWD."""
    return Decimal(1).scaleb(-get_currency_precision(currency))


def smallest_charge(currency: str) -> Decimal:
    """Return the step of amounts that can be charged: 0.01 for EUR, 1 for JPY, 0.010 for KWD.

    In currencies of three digits, card networks require the last one to be zero
    (https://docs.stripe.com/currencies#three-decimal).
    """
    coin = smallest_coin(currency)
    return 10 * coin if get_currency_precision(currency) > CARD_DIGITS else coin


def round_charge(amount: Decimal, currency: str) -> Decimal:
    """Round half up to an amount that can be charged: for prices, discounts, taxes and refunds."""
    step = smallest_charge(currency)
    return (amount / step).quantize(Decimal(1), ROUND_HALF_UP) * step


def round_money(amount: Decimal, currency: str) -> Decimal:
    """Round half up to the currency's digits, 2 for EUR, 0 for JPY, 3 for KWD: for sums."""
    return amount.quantize(smallest_coin(currency), ROUND_HALF_UP)


def format_money(amount: Decimal, currency: str, language: str | None = None, *, is_short: bool = False) -> str:
    """Format an amount for people, in the given or the active language; in short, whole amounts have no decimals."""
    return _format(amount, currency, _locale(language), is_short and amount == amount.to_integral_value())


@lru_cache(maxsize=4096)
def _format(amount: Decimal, currency: str, locale: str, is_whole: bool) -> str:
    """Saves 0.15 ms of CPU for each amount on a page; there are a dozen on that of a show, and always the same."""
    if is_whole:
        pattern = Locale.parse(locale).currency_formats["standard"].pattern.replace(".00", "")
        return format_currency(amount, currency, pattern, locale=locale, currency_digits=False)
    return format_currency(amount, currency, locale=locale)


def format_percent(number: Decimal, language: str | None = None) -> str:
    """Format a percentage for people, with at most four decimals: “20 %”, “8.875 %”."""
    return f"{format_decimal(number, '#,##0.####', locale=_locale(language))} %"


def _locale(language: str | None) -> str:
    return (language or get_language() or "en").replace("-", "_")


def write_for_field(amount: Decimal, currency: str) -> str:
    """Format an amount for an input field, as people type it in the active language: 12,50, 4000."""
    return write_plain(amount, currency).replace(".", get_decimal_symbol(_locale(None)))


def write_plain(amount: Decimal, currency: str) -> str:
    """Format an amount for a file, with the currency's digits and a point: 12.50, 4000."""
    digits = get_currency_precision(currency)
    return f"{amount.quantize(Decimal(1).scaleb(-digits)) if round_money(amount, currency) == amount else amount:f}"


def read_amount(text: str, currency: str) -> Decimal:
    """Read an amount as people and spreadsheets write it: 12.50, 12,50, 1.234,50, 1 234.50, € 12.

    Raises `ValueError` for anything that is not a number, and for 1.234 where it is ambiguous: only a currency
    with three digits, or with none, decides it.
    """
    digits = get_currency_precision(currency)
    bare = re.sub(r"[\s'’_\u00a0\u202f]", "", text).upper().replace(currency, "")
    bare = re.sub(r"^[^\d.,+-]{1,3}|[^\d.,]{1,3}$", "", bare)
    marks = [sign for sign in bare if sign in ".,"]
    if len(set(marks)) == 2:  # noqa: PLR2004
        group, point = marks[0], marks[-1]
        if marks.count(point) > 1:
            raise ValueError(text)
        bare = bare.replace(group, "").replace(point, ".")
    elif len(marks) > 1:
        bare = bare.replace(marks[0], "")
    elif marks and re.fullmatch(r"[+-]?[1-9]\d{0,2}[.,]\d{3}", bare) and digits != 3:  # noqa: PLR2004
        if digits:
            raise ValueError(text)
        bare = bare.replace(marks[0], "")
    else:
        bare = bare.replace(",", ".")
    if not re.fullmatch(r"[+-]?(\d+(\.\d*)?|\.\d+)", bare, re.ASCII):
        raise ValueError(text)
    try:
        return Decimal(bare)
    except InvalidOperation:
        raise ValueError(text) from None


def to_minor_units(amount: Decimal, currency: str) -> int:
    """Return the amount in the currency's smallest unit, as payment gateways count: 12.50 EUR is 1250."""
    return int(round_money(amount, currency).scaleb(get_currency_precision(currency)))


def from_minor_units(units: int, currency: str) -> Decimal:
    return Decimal(units).scaleb(-get_currency_precision(currency))
