"""One payment or refund of a file, and how its amount and its moment are read."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, time, tzinfo
from decimal import Decimal, InvalidOperation
from typing import Any

from babel.numbers import get_currency_precision
from django.utils.dateparse import parse_datetime, parse_time
from django.utils.translation import gettext as _

from lib.tables import CellError, DayOrder, as_text, read_clock, read_day

# Amounts are kept with nine digits before the point.
MOST = Decimal(10) ** 9


@dataclass(frozen=True, slots=True)
class ExportLine:
    """One payment or refund; `references` are all names by which it may be ours, the best first.

    `amount` is in major units and plus where it goes the way of its `kind`: a payment of −28.00 took money away.
    """

    number: int
    kind: str
    references: tuple[str, ...]
    amount: Decimal
    currency: str
    at: datetime
    # Whether the file told the hour, or the day alone.
    has_time: bool
    fee: Decimal | None = None


@dataclass(frozen=True)
class GatewayExport:
    lines: list[ExportLine]
    ignored: Counter[str] = field(default_factory=Counter)
    # Whether refunds would stand in it at all.
    has_refunds: bool = True
    # Of a bank's statement, what names nothing of ours is somebody else's business.
    is_statement: bool = False


class ExportUnreadable(Exception):
    """The file can't be used: `problems` are pairs of line number, or 0 for the whole file, and sentence."""

    def __init__(self, problems: Iterable[tuple[int, str]]) -> None:
        super().__init__()
        self.problems = list(problems)


class LineError(Exception):
    """A line can't be taken; the sentence says why."""


def parse_amount(text: str, currency: str) -> Decimal:
    """Read an amount as people and machines write it: 1,234.50, 1.234,50, 1234.5, −20.00. Raises `LineError`."""
    plain = re.sub(r"[\s\u00a0\u202f']", "", text).replace("\u2212", "-")
    if "," in plain and "." in plain:
        grouping = "," if plain.rfind(".") > plain.rfind(",") else "."
        plain = plain.replace(grouping, "").replace(",", ".")
    elif re.fullmatch(r"-?\d{1,3}(,\d{3})+", plain):
        raise LineError(_("“%s” may be read in two ways. Write it without a comma.") % text)
    else:
        plain = plain.replace(",", ".")
    try:
        amount = Decimal(plain)
    except InvalidOperation:
        raise LineError(_("“%s” is not an amount.") % text) from None
    if not amount.is_finite() or abs(amount) >= MOST:
        raise LineError(_("“%s” is not an amount.") % text)
    if amount != round(amount, get_currency_precision(currency)):
        raise LineError(_("“%(amount)s” has more decimals than %(currency)s.") % {"amount": text, "currency": currency})
    return amount


def parse_moment(value: Any, clock: Any, zone: tzinfo, order: DayOrder) -> tuple[datetime, bool]:
    """Read a day with or without a time, or a day and a time from a cell of its own; say if there was a time.

    Raises `LineError`.
    """
    text = as_text(value).removesuffix(" UTC").replace(" UTC", "")
    try:
        if clock:
            return datetime.combine(read_day(value, order), _read_time(clock), zone), True
        # A day and a time in one cell: 2026-11-22 19:30, 22/11/2026 19:30.
        day, _space, rest = text.partition(" ")
        moment = parse_datetime(text) if re.match(r"\d{4}-", text) and len(text) > len("2026-11-22") else None
        if moment is not None:
            return (moment if moment.tzinfo else moment.replace(tzinfo=zone)), True
        if rest:
            return datetime.combine(read_day(day, order), _read_time(rest), zone), True
        return datetime.combine(read_day(value, order), time(), zone), False
    except (CellError, ValueError):
        raise LineError(_("“%s” is not a date. Write it as 2026-11-22 or 2026-11-22 19:30.") % text) from None


def _read_time(value: Any) -> time:
    """Read a time with its seconds, or as people write it. Raises `CellError`, `ValueError`."""
    exact = parse_time(value) if isinstance(value, str) else None
    return exact or read_clock(value)
