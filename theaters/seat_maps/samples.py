"""A seat map as a table to start from: what each kind of line looks like."""

from __future__ import annotations

import csv
import io

import xlsxwriter

SAMPLE = (
    ("section", "row", "number", "category", "flags", "capacity"),
    ("Stalls", "A", "1", "Front", "accessible", ""),
    ("Stalls", "A", "2", "Front", "companion", ""),
    ("Stalls", "A", "3-12", "Front", "", ""),
    ("Stalls", "B", "1-12", "Rear", "", ""),
    ("Standing", "", "", "Rear", "", "300"),
)


def sample_csv() -> bytes:
    """Return a CSV with the byte order mark by which spreadsheets recognize UTF-8."""
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerows(SAMPLE)
    return out.getvalue().encode("utf-8-sig")


def sample_xlsx() -> bytes:
    """Return a workbook whose cells are text, so that a spreadsheet makes no date of 1-12."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        text = book.add_format({"num_format": "@"})
        sheet = book.add_worksheet()
        sheet.set_column(0, len(SAMPLE[0]) - 1, 14, text)
        for line, cells in enumerate(SAMPLE):
            for column, cell in enumerate(cells):
                sheet.write_string(line, column, cell, text)
        sheet.freeze_panes(1, 0)
    return out.getvalue()
