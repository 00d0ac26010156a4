"""Sample files: the header, one valid row, and what each column means."""

from __future__ import annotations

import csv
import io

import xlsxwriter
from django.utils.translation import gettext

from events.imports.columns import EVENT_COLUMNS, SHOW_COLUMNS, Column
from events.models import ImportRun


def columns_of(kind: str) -> list[Column]:
    return EVENT_COLUMNS if kind == ImportRun.Kind.EVENTS else SHOW_COLUMNS


def describe_emptying() -> str:
    """Explain how a file removes a value."""
    return gettext("An empty cell changes nothing. A cell with only a hyphen (-) removes the value.")


def sample_csv(kind: str) -> bytes:
    """Return a CSV with the byte order mark by which spreadsheets recognize UTF-8."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(column.name for column in columns_of(kind))
    writer.writerow(column.example for column in columns_of(kind))
    return out.getvalue().encode("utf-8-sig")


def sample_xlsx(kind: str) -> bytes:
    """Return a workbook whose second sheet explains the columns."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        bold = book.add_format({"bold": True})
        # So that a spreadsheet keeps what is typed, such as 12+ and 19:30, as it is.
        text = book.add_format({"num_format": "@"})
        sheet = book.add_worksheet(kind)
        explained = book.add_worksheet("columns")
        for index, column in enumerate(columns_of(kind)):
            sheet.write_string(0, index, column.name, bold)
            sheet.write_string(1, index, column.example, text)
            sheet.set_column(index, index, max(len(column.name), len(column.example), 10) + 2, text)
            explained.write_string(index, 0, column.name, bold)
            explained.write_string(index, 1, str(gettext("required")) if column.is_required else "")
            explained.write_string(index, 2, str(column.help))
            explained.write_string(index, 3, str(gettext("“-” removes the value")) if column.emptied else "")
        explained.write_string(len(columns_of(kind)) + 1, 2, describe_emptying())
        sheet.freeze_panes(1, 0)
        explained.set_column(0, 0, 24)
        explained.set_column(2, 2, 100)
        explained.set_column(3, 3, 26)
    return out.getvalue()
