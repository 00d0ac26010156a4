"""Reads a CSV or XLSX file into rows of cells, whatever its encoding and delimiter.

Cells are text, or what a spreadsheet says they are: numbers, dates, times. A text that begins with
“=” is a text; of a formula in a spreadsheet counts what it shows.
"""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from openpyxl import load_workbook

from ticketing.spreadsheets import decode, find_delimiter

MAX_BYTES = 5 * 1024 * 1024
# 2,000 new shows are checked and written in 4 s, 3,000 in 6 s; a browser waits that long.
MAX_ROWS = 3_000
MAX_COLUMNS = 60
MAX_CELL = 20_000
# A zip of a few kilobytes can unpack to gigabytes.
MAX_UNPACKED_BYTES = 100 * 1024 * 1024
OLD_EXCEL = b"\xd0\xcf\x11\xe0"
ZIP = b"PK\x03\x04"


class UnreadableFile(Exception):
    """The file as a whole can't be taken; the message says why, for the person who sent it."""

    def __init__(self, message: str | Promise) -> None:
        self.message = message
        super().__init__(message)

    def __str__(self) -> str:
        return str(self.message)


@dataclass(frozen=True, slots=True)
class Row:
    """One row that is not empty; `line` is its number in the file, the header being 1."""

    line: int
    cells: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Table:
    """The header as the file has it, and the rows by header."""

    header: list[str]
    rows: list[Row]


def read_table(content: bytes) -> Table:
    """Read a file by what it contains; raise `UnreadableFile`."""
    if len(content) > MAX_BYTES:
        raise UnreadableFile(_("The file is larger than %d MB.") % (MAX_BYTES // 1024**2))
    if content.startswith(OLD_EXCEL):
        raise UnreadableFile(_("This is an old Excel file (XLS). Save it as XLSX or CSV."))
    if content.startswith(ZIP):
        return _tabulate(_read_xlsx(content))
    text = decode(content)
    if text is None:
        raise UnreadableFile(_("This is neither a CSV nor an XLSX file that can be read."))
    return _tabulate(_read_csv(text))


def _tabulate(lines: Iterable[tuple[int, list[Any]]]) -> Table:
    header: list[str] | None = None
    rows: list[Row] = []
    for line, values in lines:
        if not any(value not in (None, "") for value in values):
            continue
        if header is None:
            header = [str(value or "").strip() for value in values]
            _check_header(header)
            continue
        if len(rows) == MAX_ROWS:
            raise UnreadableFile(
                _("The file has more than %d rows. Split it, and import one part after the other.") % MAX_ROWS
            )
        if any(value not in (None, "") for value in values[len(header) :]):
            raise UnreadableFile(_("Line %d has more cells than the header.") % line)
        cells = dict(zip(header, values, strict=False))
        rows.append(Row(line, {name: value for name, value in cells.items() if name and value not in (None, "")}))
    if header is None:
        raise UnreadableFile(_("The file is empty."))
    if not rows:
        raise UnreadableFile(_("The file has a header and no rows."))
    return Table([name for name in header if name], rows)


def _check_header(header: list[str]) -> None:
    if len(header) > MAX_COLUMNS:
        raise UnreadableFile(_("The file has more than %d columns.") % MAX_COLUMNS)
    named = [name.casefold() for name in header if name]
    if twice := next((name for name in header if name and named.count(name.casefold()) > 1), None):
        raise UnreadableFile(_("Two columns are called “%(name)s”.") % {"name": twice[:80]})


def _read_csv(text: str) -> Iterator[tuple[int, list[Any]]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=find_delimiter(text), strict=True)
    line = 1
    try:
        for values in reader:
            if any(len(value) > MAX_CELL for value in values):
                raise UnreadableFile(_("A cell of line %d is too long.") % line)
            yield line, [value.strip() for value in values]
            line = reader.line_num + 1
    except csv.Error as error:
        raise UnreadableFile(_("Line %(line)d can't be read: %(error)s.") % {"line": line, "error": error}) from error


def _read_xlsx(content: bytes) -> Iterator[tuple[int, list[Any]]]:
    """Yield the rows of the first sheet."""
    try:
        _check_unpacked_size(content)
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        sheet = book.worksheets[0]
        # What a file says of its own size is often wrong.
        sheet.reset_dimensions()
        blank = 0
        for line, values in enumerate(sheet.iter_rows(values_only=True), start=1):
            filled = [value.strip() if isinstance(value, str) else value for value in values]
            while filled and filled[-1] in (None, ""):
                filled.pop()
            blank = 0 if filled else blank + 1
            if blank > MAX_ROWS:
                return
            yield line, filled
    except UnreadableFile:
        raise
    # openpyxl raises whatever a broken file leads it into.
    except Exception as error:
        raise UnreadableFile(_("This XLSX file can't be read. Save it again, or as CSV.")) from error


def _check_unpacked_size(content: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        if sum(part.file_size for part in packed.infolist()) > MAX_UNPACKED_BYTES:
            raise UnreadableFile(_("This file unpacks to far more than a table of this size."))
