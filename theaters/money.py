"""Amounts of money: rounded to their currency's own digits and written as people there write them.

Amounts are `Decimal` in major units (euros, not cents), everywhere.
"""

from decimal import ROUND_HALF_UP, Decimal

from babel.numbers import format_currency, get_currency_precision
from django.utils.translation import get_language


def round_money(amount: Decimal, currency: str) -> Decimal:
    """Round half up to the currency's digits: 2 for EUR, 0 for JPY, 3 for KWD."""
    return amount.quantize(Decimal(1).scaleb(-get_currency_precision(currency)), ROUND_HALF_UP)


def format_money(amount: Decimal, currency: str, language: str | None = None) -> str:
    """Write an amount for people, in the given or the active language."""
    locale = (language or get_language() or "en").replace("-", "_")
    return format_currency(amount, currency, locale=locale)


def to_minor_units(amount: Decimal, currency: str) -> int:
    """Return the amount in the smallest unit, as payment gateways count: 12.50 EUR is 1250."""
    return int(round_money(amount, currency).scaleb(get_currency_precision(currency)))


def from_minor_units(units: int, currency: str) -> Decimal:
    return Decimal(units).scaleb(-get_currency_precision(currency))
