"""Comma-separated values (RFC 4180) in UTF-8, for programs: plain numbers, ISO dates, no totals.

Texts are disarmed (`lib/spreadsheets.py`); numbers are left as they are.
"""

from __future__ import annotations

import csv
from collections.abc import Callable
from datetime import datetime
from io import TextIOWrapper
from typing import IO

from django.utils.translation import gettext

from lib.spreadsheets import disarm
from reports.results import Cell, Kind, ReportResult


def write(
    result: ReportResult,
    file: IO[bytes],
    *,
    on_row: Callable[[int], None] | None = None,
    with_mark: bool = True,
) -> int:
    """Write the rows and return how many; `with_mark` puts a byte order mark first, so that Excel reads UTF-8.

    `on_row` is called with the number of each row written and may raise to stop.
    """
    text = TextIOWrapper(file, "utf-8-sig" if with_mark else "utf-8", newline="", write_through=False)
    writer = csv.writer(text)
    currency = [gettext("Currency")] if result.has_money else []
    writer.writerow([*(disarm(column.title) for column in result.columns), *currency])
    writers = [_write_text if column.kind == Kind.TEXT else _write_value for column in result.columns]
    number = 0
    for number, row in enumerate(result.rows, start=1):
        cells = [write_cell(cell) for write_cell, cell in zip(writers, row.cells, strict=True)]
        writer.writerow([*cells, row.currency] if currency else cells)
        if on_row is not None:
            on_row(number)
    text.flush()
    # The caller's file stays open.
    text.detach()
    return number


def _write_text(cell: Cell) -> str:
    return disarm(str(cell)) if cell else ""


def _write_value(cell: Cell) -> str:
    if isinstance(cell, datetime):
        return cell.isoformat(" ", "minutes")
    return "" if cell is None else str(cell)
