"""Read the bytes of a file into rows of cells, within limits."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from django.utils.translation import gettext

from lib.tables.findings import UnreadableTable
from lib.tables.foreign import ZIP, describe_foreign
from lib.tables.letters import decode
from lib.tables.limits import Limits, column_letters, too_long, too_wide
from lib.tables.xlsx import read_sheet

DELIMITERS = ",;\t|"
_QUOTED = re.compile(r'"[^"]*"')
_SEPARATOR_LINE = re.compile(r"sep=(.)\r?\n?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Row:
    """One row that is not empty; `line` is its number in the file, and trailing empty cells are left out."""

    line: int
    values: list[Any]


@dataclass(frozen=True, slots=True)
class Table:
    """The first row as texts, and the others."""

    header: list[str]
    rows: list[Row]
    # Where the header stands; lines above it were empty.
    line: int = 1


def read_table(content: bytes, limits: Limits, *, encoding: str = "", country: str = "") -> Table:
    """Read a file with a header, by its content. Raises `UnreadableTable`, or `DoubtfulLetters` (see `decode`)."""
    rows = list(read_rows(content, limits, encoding=encoding, country=country))
    if not rows:
        raise UnreadableTable(gettext("The file is empty."))
    header = [as_text(value) for value in rows[0].values]
    for row in rows[1:]:
        if len(row.values) > len(header):
            raise UnreadableTable(
                gettext("This line has more cells than the header."), row.line, column_letters(len(header))
            )
    return Table(header, rows[1:], rows[0].line)


def read_rows(content: bytes, limits: Limits, *, encoding: str = "", country: str = "") -> Iterator[Row]:
    """Yield the rows that are not empty; of a workbook, those of its first sheet. Raises as `read_table` does."""
    if len(content) > limits.size:
        raise UnreadableTable(gettext("The file is larger than %d MB.") % (limits.size // 1024**2))
    if kind := describe_foreign(content):
        raise UnreadableTable(f"{kind} {gettext('Save the table as XLSX or CSV.')}")
    if content.startswith(ZIP):
        lines = read_sheet(content, limits)
    else:
        lines = _read_csv(decode(content, encoding=encoding, country=country), limits)
    yield from _within(lines, limits)


def _within(lines: Iterable[tuple[int, list[Any]]], limits: Limits) -> Iterator[Row]:
    count = 0
    for line, values in lines:
        while values and values[-1] == "":
            values.pop()
        if not values:
            continue
        # The first row is the header.
        if count > limits.rows:
            message = gettext("The file has more than %d rows. Split it, and send one part after the other.")
            raise UnreadableTable(message % limits.rows, line)
        if len(values) > limits.columns:
            raise too_wide(limits, line)
        count += 1
        yield Row(line, values)


def _read_csv(text: str, limits: Limits) -> Iterator[tuple[int, list[Any]]]:
    delimiter, skipped = find_delimiter(text)
    body = io.StringIO(text, newline="")
    for _line in range(skipped):
        body.readline()
    reader = csv.reader(body, delimiter=delimiter, strict=True)
    line = skipped + 1
    try:
        for values in reader:
            for place, value in enumerate(values):
                if len(value) > limits.cell:
                    raise too_long(limits, line, place)
            yield line, [value.strip() for value in values]
            line = skipped + reader.line_num + 1
    except csv.Error as error:
        raise UnreadableTable(gettext("This line can't be read: %s.") % error, line) from error


def find_delimiter(text: str) -> tuple[str, int]:
    """Return the delimiter, and how many lines at the top only declare it (`sep=;`).

    Without such a line, it is the candidate that the first line has most of, outside quotes.
    """
    if match := _SEPARATOR_LINE.match(text):
        return match[1], 1
    first = next((line for line in io.StringIO(text) if line.strip()), "")
    return max(DELIMITERS, key=_QUOTED.sub("", first).count), 0


def as_text(value: Any) -> str:
    """Return a cell as people see it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        # The precision of spreadsheets.
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else f"{value:.15g}"  # noqa: PLR2004
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d}" if value.time() == time() else f"{value:%Y-%m-%d %H:%M}"
    if isinstance(value, time):
        return f"{value:%H:%M}"
    if isinstance(value, timedelta):
        minutes = int(value.total_seconds()) // 60
        return f"{minutes // 60}:{minutes % 60:02}"
    return str(value).strip()
