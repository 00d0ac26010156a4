"""Excel workbooks: typed cells, amounts with their currency, a frozen header, totals below.

Texts are written as texts, never as formulas or links. Rows are written as they come, so that memory
does not grow. Numbers in a workbook are binary: 15 digits of an amount survive, which no box office
exceeds.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from functools import cache
from typing import IO, Any

import xlsxwriter
from babel.numbers import get_currency_precision
from django.utils.translation import gettext

from reports.results import Cell, Column, Kind, ReportResult, Row

# Excel's limit, header and totals included.
MAX_ROWS = 1_048_576
# A cell takes some 50 bytes before compression, and Excel offers to “repair” a sheet of more than 2 GB.
MAX_CELLS = 15_000_000
_WIDTHS = {
    Kind.TEXT: 26,
    Kind.INTEGER: 11,
    Kind.MONEY: 17,
    Kind.PERCENT: 10,
    Kind.DECIMAL: 10,
    Kind.DATE: 12,
    Kind.DATETIME: 17,
}


def write(
    result: ReportResult,
    file: IO[bytes],
    *,
    on_row: Callable[[int], None] | None = None,
) -> int:
    """Write a workbook and return how many rows it has, without totals. `on_row` as in `csv.write`."""
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "remove_timezone": True}
    book = xlsxwriter.Workbook(file, options)
    try:
        book.set_properties({"title": result.title, "subject": result.subtitle})
        number = _Sheets(book, result).write(on_row)
        _write_about(book, result)
    except BaseException:
        # Otherwise it would be written when it is garbage-collected.
        book.fileclosed = True
        raise
    book.close()
    return number


class _Sheets:
    def __init__(self, book: Any, result: ReportResult) -> None:
        self.book, self.result = book, result
        self.columns = list(result.columns)
        if result.has_money:
            self.columns.append(Column(gettext("Currency")))
        # Less the header and the totals.
        self.max_lines = min(MAX_ROWS, MAX_CELLS // len(self.columns)) - 1 - len(result.totals)
        self.header = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1})
        self.format = cache(self._make_format)
        self.sheet: Any = None
        self.line = 0

    def write(self, on_row: Callable[[int], None] | None) -> int:
        self._open()
        number = 0
        for number, row in enumerate(self.result.rows, start=1):
            if self.line >= self.max_lines:
                self._open()
            self._write_row(row, is_total=False)
            if on_row is not None:
                on_row(number)
        for row in self.result.totals:
            self._write_row(row, is_total=True)
        return number

    def _open(self) -> None:
        self.sheet = self.book.add_worksheet()
        for place, column in enumerate(self.columns):
            self.sheet.set_column(place, place, _WIDTHS[column.kind])
            self.sheet.write_string(0, place, column.title, self.header)
        self.sheet.freeze_panes(1, 0)
        self.sheet.repeat_rows(0)
        self.sheet.set_landscape()
        self.sheet.fit_to_pages(1, 0)
        self.line = 0

    def _write_row(self, row: Row, *, is_total: bool) -> None:
        self.line += 1
        cells = (*row.cells, row.currency) if self.result.has_money else row.cells
        for place, (cell, column) in enumerate(zip(cells, self.columns, strict=True)):
            self._write_cell(place, cell, column, self.format(column.kind, row.currency, is_total))

    def _write_cell(self, place: int, cell: Cell, column: Column, style: Any) -> None:
        if cell is None or cell == "":
            self.sheet.write_blank(self.line, place, None, style)
        elif isinstance(cell, str):
            self.sheet.write_string(self.line, place, cell, style)
        elif isinstance(cell, datetime | date):
            self.sheet.write_datetime(self.line, place, cell, style)
        else:
            self.sheet.write_number(self.line, place, cell / 100 if column.kind == Kind.PERCENT else cell, style)

    def _make_format(self, kind: Kind, currency: str, is_total: bool) -> Any:
        numbers = {
            Kind.INTEGER: "#,##0",
            Kind.PERCENT: "0.0 %",
            Kind.DECIMAL: "0.0#",
            Kind.DATE: "yyyy-mm-dd",
            Kind.DATETIME: "yyyy-mm-dd hh:mm",
        }
        code = numbers.get(kind, "General")
        if kind == Kind.MONEY and currency:
            digits = get_currency_precision(currency)
            code = f'#,##0{"." + "0" * digits if digits else ""} "{currency}"'
        return self.book.add_format({"num_format": code, **({"bold": True, "top": 1} if is_total else {})})


def _write_about(book: Any, result: ReportResult) -> None:
    sheet = book.add_worksheet(gettext("About"))
    sheet.set_column(0, 0, 100)
    for line, text in enumerate([result.title, result.subtitle, "", *result.notes]):
        sheet.write_string(line, 0, text, book.add_format({"bold": True}) if line == 0 else None)
