"""Cells as text in the active language, for pages and PDF."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from babel.numbers import format_decimal
from django.utils import formats
from django.utils.translation import get_language

from lib.money import format_money
from reports.results import Cell, Column, Kind


def write_cell(cell: Cell, column: Column, currency: str) -> str:
    """Return a cell as text, a dash for a missing figure."""
    if cell is None:
        return "" if column.kind == Kind.TEXT else "–"
    if isinstance(cell, datetime):
        return formats.date_format(cell, "SHORT_DATETIME_FORMAT")
    if isinstance(cell, date):
        return formats.date_format(cell, "SHORT_DATE_FORMAT")
    if column.kind == Kind.MONEY and isinstance(cell, int | Decimal):
        return format_money(Decimal(cell), currency)
    if column.kind == Kind.PERCENT:
        return f"{write_number(cell)} %"
    return write_number(cell) if column.kind in {Kind.INTEGER, Kind.DECIMAL} else str(cell)


def write_number(cell: Cell) -> str:
    return str(format_decimal(str(cell), locale=(get_language() or "en").replace("-", "_")))
