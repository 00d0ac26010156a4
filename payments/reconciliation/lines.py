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
from django.utils.translation import gettext

from lib.tables import CellError, DayOrder, as_text, read_clock, read_day
from payments.reconciliation.mapping import LineKind

# Amounts are kept with nine digits before the point.
AMOUNT_LIMIT = Decimal(10) ** 9


@dataclass(frozen=True, slots=True)
class ExportLine:
    """One payment or refund; `references` are all the names by which we may know it, the best first.

    `amount` is in major units, and positive if it went the way of its `kind`: a payment of −28.00 took money away.
    What a bank says of the payer is empty where the file does not; `account` is the IBAN of the statement.
    """

    number: int
    kind: LineKind
    references: tuple[str, ...]
    amount: Decimal
    currency: str
    at: datetime
    # False if the file gives only the day.
    has_time: bool
    fee: Decimal | None = None
    text: str = ""
    payer: str = ""
    payer_iban: str = ""
    account: str = ""


@dataclass(frozen=True)
class GatewayExport:
    lines: list[ExportLine]
    ignored: Counter[str] = field(default_factory=Counter)
    # False if such a file never has refunds.
    has_refunds: bool = True
    # Lines of a bank statement that name nothing of ours are not about tickets.
    is_statement: bool = False


class ExportUnreadable(Exception):
    """The file can't be used; `problems` are pairs of a line number (0 for the whole file) and a sentence."""

    def __init__(self, problems: Iterable[tuple[int, str]]) -> None:
        super().__init__()
        self.problems = list(problems)


class LineError(Exception):
    """A line can't be read; the sentence says why."""


def parse_amount(text: str, currency: str) -> Decimal:
    """Read an amount as people and machines write it: 1,234.50, 1.234,50, 1234.5, −20.00. Raises `LineError`."""
    plain = re.sub(r"[\s\u00a0\u202f']", "", text).replace("\u2212", "-")
    if "," in plain and "." in plain:
        grouping = "," if plain.rfind(".") > plain.rfind(",") else "."
        plain = plain.replace(grouping, "").replace(",", ".")
    elif re.fullmatch(r"-?\d{1,3}(,\d{3})+", plain):
        raise LineError(gettext("“%s” can be read in two ways. Write it without a comma.") % text)
    else:
        plain = plain.replace(",", ".")
    try:
        amount = Decimal(plain)
    except InvalidOperation:
        raise LineError(gettext("“%s” is not an amount.") % text) from None
    if not amount.is_finite() or abs(amount) >= AMOUNT_LIMIT:
        raise LineError(gettext("“%s” is not an amount.") % text)
    if amount != round(amount, get_currency_precision(currency)):
        raise LineError(
            gettext("“%(amount)s” has more decimals than %(currency)s.") % {"amount": text, "currency": currency}
        )
    return amount


def parse_moment(value: Any, clock: Any, zone: tzinfo, order: DayOrder) -> tuple[datetime, bool]:
    """Return the moment, and whether it has a time: in the cell of the day, or in `clock`, a cell of its own.

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
        raise LineError(gettext("“%s” is not a date. Write it as 2026-11-22 or 2026-11-22 19:30.") % text) from None


def _read_time(value: Any) -> time:
    """Read a time with its seconds, or as people write it. Raises `CellError`, `ValueError`."""
    exact = parse_time(value) if isinstance(value, str) else None
    return exact or read_clock(value)
