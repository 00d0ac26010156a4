"""Files of a report, opened again by those who read such files."""

import csv
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO, StringIO

import openpyxl
import pandas as pd
import pypdfium2
import pytest

from reports.formats import charts, pdf, xlsx
from reports.formats import csv as csv_format
from reports.results import Chart, Column, Kind, ReportResult, Row, Series

pytestmark = pytest.mark.once

COLUMNS = [
    Column("Day", Kind.DATE),
    Column("Starts", Kind.DATETIME),
    Column("Name"),
    Column("Sold", Kind.INTEGER),
    Column("Net", Kind.MONEY),
    Column("Full", Kind.PERCENT),
]
NAMES = ["=1+2", "@SUM(A1)", "+43 1 234", "-x", "\tx", "  =x", "＝x", "ألف ليلة", 'a "quoted", name\nin two lines']


def make_result() -> ReportResult:
    rows = [
        Row((date(2026, 3, 29), datetime(2026, 3, 29, 19, 30), name, 3, Decimal("-5.10"), Decimal("12.5")), "EUR")  # noqa: DTZ001
        for name in NAMES
    ]
    rows.append(Row((date(2026, 3, 29), None, "yen", 1200, Decimal(1200), None), "JPY"))
    totals = [Row(("Total", None, None, 27, Decimal("-45.90"), None), "EUR")]
    return ReportResult("Sales", "Riverside", COLUMNS, iter(rows), totals, notes=["A note."])


def write_csv(**options: bool) -> bytes:
    file = BytesIO()
    assert csv_format.write(make_result(), file, **options) == len(NAMES) + 1
    return file.getvalue()


def test_csv_follows_its_standard_and_has_no_formulas():
    content = write_csv()
    assert content.startswith(b"\xef\xbb\xbf")
    assert content.count(b"\r\n") == len(NAMES) + 2
    header, *rows = csv.reader(StringIO(content.decode("utf-8-sig"), newline=""))
    assert header == ["Day", "Starts", "Name", "Sold", "Net", "Full", "Currency"]
    names = [row[2] for row in rows]
    assert names == [*(f"'{name}" for name in NAMES[:7]), *NAMES[7:], "yen"]
    assert rows[0] == ["2026-03-29", "2026-03-29 19:30", "'=1+2", "3", "-5.10", "12.5", "EUR"]
    assert not write_csv(with_mark=False).startswith(b"\xef")


def test_csv_opens_in_pandas_with_its_types():
    frame = pd.read_csv(BytesIO(write_csv()), parse_dates=["Day", "Starts"])
    assert list(frame["Sold"]) == [3] * len(NAMES) + [1200]
    assert frame["Net"].iloc[0] == -5.1
    assert frame["Day"].iloc[0] == pd.Timestamp(2026, 3, 29)


def test_xlsx_has_types_formats_and_no_formulas():
    file = BytesIO()
    assert xlsx.write(make_result(), file) == len(NAMES) + 1
    book = openpyxl.load_workbook(BytesIO(file.getvalue()))
    sheet = book.worksheets[0]
    assert sheet.freeze_panes == "A2"
    rows = list(sheet.iter_rows(min_row=2))
    assert [row[2].value for row in rows[: len(NAMES)]] == NAMES
    assert {row[2].data_type for row in rows[: len(NAMES)]} == {"s"}
    day, starts, _name, sold, net, full, currency = rows[0]
    assert (day.value, starts.value) == (datetime(2026, 3, 29), datetime(2026, 3, 29, 19, 30))  # noqa: DTZ001
    assert (sold.value, net.value, full.value, currency.value) == (3, -5.1, 0.125, "EUR")
    assert net.number_format == '#,##0.00 "EUR"'
    assert rows[len(NAMES)][4].number_format == '#,##0 "JPY"'
    total = rows[-1]
    assert (total[0].value, total[3].value, total[4].value, total[0].font.bold) == ("Total", 27, -45.9, True)
    assert [cell.value for cell in book["About"]["A"]] == ["Sales", "Riverside", "", "A note."]
    frame = pd.read_excel(BytesIO(file.getvalue()), sheet_name=0)
    assert pd.api.types.is_numeric_dtype(frame["Net"])


def test_xlsx_goes_on_in_a_further_sheet(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(xlsx, "MAX_ROWS", 6)
    file = BytesIO()
    xlsx.write(make_result(), file)
    book = openpyxl.load_workbook(BytesIO(file.getvalue()))
    found = [sheet.cell(row, 3).value for sheet in book.worksheets[:-1] for row in range(2, 6)]
    assert [name for name in found if name] == [*NAMES, "yen"]


@pytest.mark.django_db
def test_pdf_says_all_and_prints_markup_as_it_is():
    file = BytesIO()
    rows = [Row((date(2026, 3, 29), None, "#set *bold* $x$", 3, Decimal("-5.10"), None), "EUR")]
    pdf.write(ReportResult("Sales", "Riverside", COLUMNS, rows, make_result().totals, notes=["A note."]), file)
    text = pypdfium2.PdfDocument(file.getvalue())[0].get_textpage().get_text_range()
    for part in ("Sales", "Riverside", "#set *bold* $x$", "-€5.10", "-€45.90", "A note.", "1 / 1"):
        assert part in text


@pytest.mark.django_db
@pytest.mark.parametrize("kind", ["bar", "line"])
def test_pdf_draws_the_chart_of_the_page(kind: str):
    file = BytesIO()
    names = ["Hamlet", "The Cherry Orchard in the garden", "ألف ليلة"]
    series = [Series("Now", [3, Decimal(-2), None]), Series("Then", [None, 0, Decimal("12.5")])]
    chart, alone = Chart(kind, "Tickets", names, series), Chart("bar", "One bar", ["Hamlet"], series)
    pdf.write(replace(make_result(), charts=[chart, alone]), file)
    page = pypdfium2.PdfDocument(file.getvalue())[0]
    text = page.get_textpage().get_text_range()
    for part in ("Tickets", "Now", "Then", "Hamlet", "The Cherry Orchard in…", "-5", "15"):
        assert part in text
    assert "One bar" not in text


@pytest.mark.parametrize(
    ("values", "ticks"),
    [
        ([], ["0", "0.2", "0.4", "0.6", "0.8", "1"]),
        (["0"], ["0", "0.2", "0.4", "0.6", "0.8", "1"]),
        (["87.5", "100"], ["0", "20", "40", "60", "80", "100"]),
        (["12345.67"], ["0", "2500", "5000", "7500", "10000", "12500"]),
        (["-3", "9"], ["-5", "-2.5", "0", "2.5", "5", "7.5", "10"]),
        (["-40"], ["-40", "-30", "-20", "-10", "0"]),
    ],
)
def test_axes_count_in_round_steps_from_zero(values: list[str], ticks: list[str]):
    assert [str(tick) for tick in charts.find_ticks([Decimal(value) for value in values])] == ticks


def test_a_pdf_of_too_many_rows_is_refused(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(pdf, "MAX_ROWS", 3)
    with pytest.raises(pdf.TooManyRows, match="3 rows at most"):
        pdf.write(make_result(), BytesIO())
