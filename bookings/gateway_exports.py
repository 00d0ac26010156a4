"""Read what a gateway says it moved, from a CSV file: Stripe's exports or a plain form of our own.

Three shapes are told apart by their columns:

- Stripe's balance export (`Type`, `Source`, `Amount`, `Currency`, `Created (UTC)`; or the itemized
  report with `reporting_category`, `gross`, `currency`, `created_utc`), refunds with a minus;
- Stripe's payments export (`id`, `PaymentIntent ID`, `Status`, `Amount`), which has no refunds of their own;
- `reference`, `amount`, `currency`, `kind` (payment or refund) and `date`.

Amounts are in major units, of any size that the currency has coins for. Nothing here reads the database.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, tzinfo
from decimal import Decimal, InvalidOperation

from babel.numbers import get_currency_precision, is_currency
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _

from ticketing.tables import DoubtfulLetters, Limits, Table, UnreadableTable, as_text, read_table

MAX_BYTES = 10_000_000
LIMITS = Limits(size=MAX_BYTES, rows=50_000, columns=200)
MAX_ERRORS = 50
# Amounts are kept with nine digits before the point.
MOST = Decimal(10) ** 9

PAYMENT_TYPES = {"charge", "payment"}
REFUND_TYPES = {"refund", "payment_refund", "partial_capture_reversal"}
PAID_STATES = {"paid", "refunded", "partially refunded", "partial refund", "succeeded"}
REFERENCE_COLUMNS = (
    "payment_key (metadata)", "refund_key (metadata)", "payment_metadata[payment_key]",
    "refund_metadata[refund_key]", "paymentintent id", "payment_intent_id", "payment intent id", "source",
    "source_id", "charge_id", "reference", "id",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class ExportLine:
    """One payment or refund; `references` are all names by which it may be ours, the best first."""

    number: int
    kind: str
    references: tuple[str, ...]
    amount: Decimal
    currency: str
    at: datetime
    # Whether the file told the hour, or the day alone.
    has_time: bool


@dataclass(frozen=True)
class GatewayExport:
    lines: list[ExportLine]
    ignored: Counter[str] = field(default_factory=Counter)
    # Whether refunds would stand in it at all.
    has_refunds: bool = True


class ExportUnreadable(Exception):
    """The file can't be used: `problems` are pairs of line number, or 0 for the whole file, and sentence."""

    def __init__(self, problems: Iterable[tuple[int, str]]) -> None:
        super().__init__()
        self.problems = list(problems)


class _LineError(Exception):
    pass


def read_export(content: bytes, zone: tzinfo) -> GatewayExport:
    """Read a file; times without a zone are UTC in Stripe's files and of `zone` in the plain form.

    Raises `ExportUnreadable` with the first problems, each with its line.
    """
    try:
        table = _read_table(content)
    except UnreadableTable as error:
        raise ExportUnreadable([(error.finding.line, error.finding.message)]) from error
    return _read(_Shape([name.lower() for name in table.header], zone), table)


def _read_table(content: bytes) -> Table:
    """Read the file in its likeliest encoding: what counts, references and amounts, is the same in each."""
    try:
        return read_table(content, LIMITS)
    except DoubtfulLetters as doubt:
        return read_table(content, LIMITS, encoding=doubt.samples[0].codec)


def _read(shape: _Shape, table: Table) -> GatewayExport:
    export = GatewayExport([], has_refunds=shape.is_balance or not shape.is_payments)
    problems: list[tuple[int, str]] = []
    for row in table.rows:
        try:
            shape.read(row.line, [as_text(value) for value in row.values], export)
        except _LineError as error:
            problems.append((row.line, str(error)))
        if len(problems) >= MAX_ERRORS:
            break
    if not problems and not export.lines:
        problems.append((0, _("The file has no payments and no refunds.")))
    if problems:
        raise ExportUnreadable(problems)
    return export


class _Shape:
    """The columns of one file and how to read them."""

    def __init__(self, header: list[str], zone: tzinfo) -> None:
        self.columns = {name: index for index, name in reversed(list(enumerate(header)))}
        self.is_itemized = {"reporting_category", "gross", "currency"} <= set(header)
        self.is_balance = {"type", "source", "amount", "currency"} <= set(header)
        self.is_payments = {"id", "amount", "currency", "status"} <= set(header)
        is_plain = {"reference", "amount", "currency", "kind", "date"} <= set(header)
        if not (self.is_itemized or self.is_balance or self.is_payments or is_plain):
            raise ExportUnreadable(
                [
                    (
                        1,
                        _(
                            "These columns are not known. Give an export of Stripe's balance or payments, or a file "
                            "with the columns reference, amount, currency, kind and date."
                        ),
                    )
                ]
            )
        self.zone = zone if is_plain else UTC

    def read(self, number: int, row: list[str], export: GatewayExport) -> None:
        """Add what a row says to `export`. Raises `_LineError`."""
        kind = self._kind(row)
        if kind.startswith("!"):
            export.ignored[kind[1:]] += 1
            return
        currency = self._cell(row, "currency").upper()
        if not is_currency(currency):
            raise _LineError(_("“%s” is not a currency.") % currency)
        at, has_time = _parse_time(
            self._cell(row, "date", "created (utc)", "created_utc", "created date (utc)", "created"), self.zone
        )
        references = tuple(dict.fromkeys(cell for name in REFERENCE_COLUMNS if (cell := self._cell(row, name))))
        if not references:
            raise _LineError(_("There is no reference."))
        amount = abs(parse_amount(self._cell(row, "gross" if self.is_itemized else "amount"), currency))
        if amount:
            export.lines.append(ExportLine(number, kind, references, amount, currency, at, has_time))

    def _kind(self, row: list[str]) -> str:
        """Return payment or refund, or the name of what is left out, with a mark before it."""
        if self.is_payments and not self.is_balance:
            status = self._cell(row, "status").lower()
            return "payment" if status in PAID_STATES else f"!{status or '–'}"
        said = self._cell(row, "reporting_category" if self.is_itemized else "type", "kind").lower()
        if said in PAYMENT_TYPES:
            return "payment"
        if said in REFUND_TYPES:
            return "refund"
        if self.is_itemized or self.is_balance:
            return f"!{said or '–'}"
        raise _LineError(_("The kind is “%s”, and has to be payment or refund.") % said)

    def _cell(self, row: list[str], *names: str) -> str:
        for name in names:
            index = self.columns.get(name)
            if index is not None and index < len(row) and row[index].strip():
                return row[index].strip()
        return ""


def parse_amount(text: str, currency: str) -> Decimal:
    """Read an amount as people and machines write it: 1,234.50, 1.234,50, 1234.5, −20.00. Raises `_LineError`."""
    plain = re.sub(r"[\s\u00a0\u202f']", "", text).replace("\u2212", "-")
    if "," in plain and "." in plain:
        grouping = "," if plain.rfind(".") > plain.rfind(",") else "."
        plain = plain.replace(grouping, "").replace(",", ".")
    elif re.fullmatch(r"-?\d{1,3}(,\d{3})+", plain):
        raise _LineError(_("“%s” may be read in two ways. Write it without a comma.") % text)
    else:
        plain = plain.replace(",", ".")
    try:
        amount = Decimal(plain)
    except InvalidOperation:
        raise _LineError(_("“%s” is not an amount.") % text) from None
    if not amount.is_finite() or abs(amount) >= MOST:
        raise _LineError(_("“%s” is not an amount.") % text)
    if amount != round(amount, get_currency_precision(currency)):
        raise _LineError(
            _("“%(amount)s” has more decimals than %(currency)s.") % {"amount": text, "currency": currency}
        )
    return amount


def _parse_time(text: str, zone: tzinfo) -> tuple[datetime, bool]:
    try:
        if day := _parse_day(text):
            return datetime.combine(day, time(), zone), False
        moment = parse_datetime(text.removesuffix(" UTC").replace(" UTC", ""))
    except ValueError:
        moment = None
    if moment is None:
        raise _LineError(_("“%s” is not a date. Write it as 2026-11-22 or 2026-11-22 19:30.") % text)
    return (moment if moment.tzinfo else moment.replace(tzinfo=zone)), True


def _parse_day(text: str) -> date | None:
    if match := re.fullmatch(r"(\d{1,2})\.(\d{1,2})\.(\d{4})", text):
        return date(int(match[3]), int(match[2]), int(match[1]))
    return parse_date(text) if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text) else None
