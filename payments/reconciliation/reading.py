"""Read payments and refunds from the bytes of a file."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection
from dataclasses import replace
from datetime import UTC, tzinfo
from typing import Any, Literal

from babel.numbers import is_currency
from django.utils.translation import gettext

from lib.tables import DayOrder, DoubtfulLetters, Limits, Row, Table, UnreadableTable, as_text, read_table
from payments.reconciliation.lines import (
    ExportLine,
    ExportUnreadable,
    GatewayExport,
    LineError,
    parse_amount,
    parse_moment,
)
from payments.reconciliation.mapping import (
    PAYER_COLUMNS,
    PAYER_IBAN_COLUMNS,
    ColumnMapping,
    LineKind,
    RefundSigns,
    find_known,
)
from payments.reconciliation.statements import is_camt, is_mt940, read_camt, read_mt940

MAX_BYTES = 10_000_000
LIMITS = Limits(size=MAX_BYTES, rows=50_000, columns=200)
MAX_ERRORS = 50


class UnknownColumns(ExportUnreadable):
    """No mapping knows the columns of this table."""

    def __init__(self, table: Table) -> None:
        words = gettext("The columns of this file are not known yet. Choose what each one holds.")
        super().__init__([(table.line, words)])


def read_export(
    content: bytes,
    zone: tzinfo,
    *,
    mapping: ColumnMapping | None = None,
    order: DayOrder = DayOrder.UNKNOWN,
    needs_reference: bool = True,
) -> GatewayExport:
    """Read a file: a bank statement, or a table by `mapping` or else a known one.

    Times without a zone are in `zone`, or in UTC if the mapping says so; `order` is how days are written
    unless the mapping says. With `needs_reference=False`, for a bank's table, lines may have none. Raises
    `ExportUnreadable` with the first problems, each with its line, and `UnknownColumns`.
    """
    if is_camt(content) or is_mt940(content):
        if len(content) > MAX_BYTES:
            raise ExportUnreadable([(0, gettext("The file is larger than 10 MB. Export a shorter period."))])
        export = read_camt(content, zone) if is_camt(content) else read_mt940(content, zone)
        return _check(export, [])
    table = _read_table(content)
    header = [name.lower() for name in table.header]
    mapping = mapping if mapping is not None and mapping.fits(header) else find_known(header)
    if mapping is None:
        raise UnknownColumns(table)
    zone = UTC if mapping.is_utc else zone
    return _read(_Columns(header, mapping, zone, order, needs_reference=needs_reference), table)


def read_header(content: bytes) -> Table | None:
    """Return the table of a file, so that people can name its columns; None for a bank statement.

    Raises `ExportUnreadable`.
    """
    return None if is_camt(content) or is_mt940(content) else _read_table(content)


def _read_table(content: bytes) -> Table:
    """Read the file in its likeliest encoding: references and amounts are the same in each."""
    try:
        try:
            return read_table(content, LIMITS)
        except DoubtfulLetters as doubt:
            return read_table(content, LIMITS, encoding=doubt.samples[0].codec)
    except UnreadableTable as error:
        raise ExportUnreadable([(error.finding.line, error.finding.message)]) from error


def _read(columns: _Columns, table: Table) -> GatewayExport:
    export = GatewayExport([], has_refunds=columns.mapping.has_refunds)
    problems: list[tuple[int, str]] = []
    for row in table.rows:
        try:
            line = columns.read(row, export.ignored)
        except LineError as error:
            problems.append((row.line, str(error)))
        else:
            if line is not None:
                export.lines.append(line)
        if len(problems) >= MAX_ERRORS:
            break
    return _check(export, problems)


def _check(export: GatewayExport, problems: list[tuple[int, str]]) -> GatewayExport:
    if not problems and not export.lines:
        problems = [(0, gettext("The file has no payments and no refunds."))]
    if problems:
        raise ExportUnreadable(problems)
    return export


class _Columns:
    """The columns of one file and how to read them."""

    def __init__(
        self, header: list[str], mapping: ColumnMapping, zone: tzinfo, order: DayOrder, *, needs_reference: bool
    ) -> None:
        self.needs_reference = needs_reference
        self.places = {name: index for index, name in reversed(list(enumerate(header)))}
        self.mapping, self.zone = mapping, zone
        self.order = mapping.day_order or order

    def read(self, row: Row, ignored: Counter[str]) -> ExportLine | None:
        """Read a row; None for what is neither payment nor refund, which is counted. Raises `LineError`."""
        said = self._kind(row, ignored)
        if said is None:
            return None
        currency = (self._text(row, self.mapping.currency) or self.mapping.default_currency).upper()
        if not is_currency(currency):
            raise LineError(gettext("“%s” is not a currency.") % currency)
        at, has_time = parse_moment(
            self._cell(row, self.mapping.date), self._cell(row, self.mapping.time), self.zone, self.order
        )
        names = (self._text(row, name) for name in self.mapping.references)
        references = tuple(dict.fromkeys(name for name in names if name))
        if not references and self.needs_reference:
            raise LineError(gettext("There is no reference."))
        signed = parse_amount(self._text(row, self.mapping.amount), currency)
        if not signed:
            return None
        kind = said or (LineKind.PAYMENT if signed > 0 else LineKind.REFUND)
        signs = self.mapping.refund_signs if said else RefundSigns.MINUS
        amount = signed
        if kind == LineKind.REFUND:
            amount = abs(signed) if signs == RefundSigns.EITHER else -signed if signs == RefundSigns.MINUS else signed
        line = ExportLine(
            row.line, kind, references or ("–",), amount, currency, at, has_time,
            text=" ".join(references),
            payer=self._first(row, PAYER_COLUMNS),
            payer_iban=re.sub(r"\s", "", self._first(row, PAYER_IBAN_COLUMNS)).upper(),
        )  # fmt: skip
        fee = self._text(row, self.mapping.fee)
        return replace(line, fee=abs(parse_amount(fee, currency))) if fee else line

    def _kind(self, row: Row, ignored: Counter[str]) -> LineKind | Literal[""] | None:
        """Return payment or refund, "" where the sign tells, or None for what is left out."""
        if not self.mapping.kind:
            return ""
        said = self._text(row, self.mapping.kind).lower()
        if said in self.mapping.payments:
            return LineKind.PAYMENT
        if said in self.mapping.refunds:
            return LineKind.REFUND
        if self.mapping.is_strict:
            raise LineError(gettext("The kind is “%s”; it must be payment or refund.") % said)
        ignored[said[:60] or "–"] += 1
        return None

    def _cell(self, row: Row, name: str) -> Any:
        index = self.places.get(name) if name else None
        return row.values[index] if index is not None and index < len(row.values) else ""

    def _first(self, row: Row, names: Collection[str]) -> str:
        """Return what stands in the first of these columns that the file has."""
        return self._text(row, next((name for name in names if name in self.places), ""))

    def _text(self, row: Row, name: str) -> str:
        return as_text(self._cell(row, name))
