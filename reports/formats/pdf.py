"""A report for printing: A4, with all its columns, and the header on each page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import islice
from typing import IO, Any

from django.core.exceptions import ValidationError
from django.utils import formats, timezone
from django.utils.translation import get_language, gettext

from lib.typesetting import typeset
from reports.formats import charts
from reports.formats.words import write_cell
from reports.results import Kind, ReportResult, Row, compact
from theaters.letterheads import letterhead_of

# Some 120 pages, typeset in two seconds with 300 MB.
MAX_ROWS = 5_000


class TooManyRows(ValidationError):
    """More rows than a PDF holds."""

    def __init__(self) -> None:
        super().__init__(gettext("A PDF holds %d rows at most. Take CSV or XLSX, or fewer days.") % MAX_ROWS)


def write(
    result: ReportResult,
    file: IO[bytes],
    *,
    on_row: Callable[[int], None] | None = None,
) -> int:
    """Typeset the report and return how many rows it has. Raises `TooManyRows`."""
    result = compact(replace(result, rows=list(islice(result.rows, MAX_ROWS + 1))))
    rows = list(result.rows)
    if len(rows) > MAX_ROWS:
        raise TooManyRows
    if on_row is not None:
        on_row(len(rows))
    file.write(typeset("report.typ", _describe(result, rows)))
    return len(rows)


def _describe(result: ReportResult, rows: list[Row]) -> dict[str, Any]:
    def write_row(row: Row) -> list[str]:
        return [write_cell(cell, column, row.currency) for cell, column in zip(row.cells, result.columns, strict=True)]

    made = formats.date_format(timezone.localtime(timezone.now()), "SHORT_DATETIME_FORMAT")
    return {
        "language": (get_language() or "en").partition("-")[0],
        **letterhead_of(result.theater_id).content,
        "title": result.title,
        "subtitle": result.subtitle,
        "made": gettext("Made at %(time)s UTC") % {"time": made},
        "columns": [
            {"title": column.title, "number": column.is_number, "text": column.kind == Kind.TEXT}
            for column in result.columns
        ],
        "rows": [write_row(row) for row in rows],
        "totals": [write_row(row) for row in result.totals],
        "charts": [charts.describe(chart) for chart in result.drawn_charts],
        "notes": [str(note) for note in result.notes],
        "empty": gettext("Nothing in this period."),
    }
