"""Amounts as people read them, in full and in short."""

from decimal import Decimal

import pytest

from lib.money import format_money


@pytest.mark.parametrize(
    ("amount", "currency", "language", "full", "short"),
    [
        ("18", "EUR", "en", "€18.00", "€18"),
        ("18.50", "EUR", "en", "€18.50", "€18.50"),
        ("1118", "EUR", "de", "1.118,00 €", "1.118 €"),
        ("1250.000", "INR", "hi", "₹1,250.00", "₹1,250"),
        ("4000", "JPY", "en", "¥4,000", "¥4,000"),
        ("2", "KWD", "en", "KWD2.000", "KWD2"),
        ("2.250", "KWD", "en", "KWD2.250", "KWD2.250"),
    ],
)
def test_whole_amounts_have_no_decimals_in_short(
    amount: str, currency: str, language: str, full: str, short: str
) -> None:
    def plain(text: str) -> str:
        return text.replace("\N{NO-BREAK SPACE}", " ")

    assert plain(format_money(Decimal(amount), currency, language)) == full
    assert plain(format_money(Decimal(amount), currency, language, is_short=True)) == short
