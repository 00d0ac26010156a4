"""One reader for every table that people bring, whatever wrote it, and bounded whatever it holds."""

from __future__ import annotations

import ast
import io
import tracemalloc
import zipfile
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlsxwriter

from lib.tables import (
    CellError,
    DayOrder,
    DoubtfulLetters,
    Limits,
    UnreadableTable,
    as_text,
    day_order,
    decode,
    finding,
    group_alike,
    read_clock,
    read_day,
    read_table,
)
from lib.tables.findings import kind_of
from lib.tables.letters import ENCODINGS

pytestmark = pytest.mark.once
LIMITS = Limits(size=1_000_000, rows=100, columns=10, cell=1000)
TABLE = "title,slug,kind\nGötterdämmerung,goetter,opera\n=1+1,formula,play\n"
READ = [["Götterdämmerung", "goetter", "opera"], ["=1+1", "formula", "play"]]


def workbook(*rows: list[Any], formats: dict[type, str] | None = None, **options: Any) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, **options}) as book:
        sheet = book.add_worksheet()
        styles = {kind: book.add_format({"num_format": code}) for kind, code in (formats or {}).items()}
        for line, row in enumerate(rows):
            for column, value in enumerate(row):
                if type(value) in styles:
                    sheet.write_datetime(line, column, value, styles[type(value)])
                else:
                    sheet.write(line, column, value)
    return out.getvalue()


def replace_part(content: bytes, name: str, old: bytes, new: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for part in source.namelist():
            data = source.read(part)
            if part == name:
                assert old in data
                data = data.replace(old, new, 1)
            packed.writestr(part, data)
    return out.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        TABLE.encode(),
        TABLE.encode("utf-8-sig"),
        TABLE.encode("utf-16"),
        TABLE.encode("utf-16-le"),
        TABLE.encode("utf-32"),
        TABLE.replace(",", ";").replace("\n", "\r\n").encode(),
        ("sep=;\r\n" + TABLE.replace(",", ";")).encode("utf-8-sig"),
        ("SEP=|\n" + TABLE.replace(",", "|")).encode(),
        TABLE.replace(",", "|").encode(),
        TABLE.replace(",", "\t").encode("utf-16"),
        ("\n" + TABLE + ",,\n\n").encode(),
        ("title;slug;kind\n".replace("slug", '"slug"') + TABLE.replace(",", ";").partition("\n")[2]).encode(),
        workbook(*[line.split(",") for line in TABLE.splitlines()], [], ["", None, " "]),
    ],
    ids=["utf-8", "mark", "utf-16", "bare utf-16", "utf-32", "semicolons", "sep", "bar named", "bar", "tabs", "blank",
         "quoted", "xlsx"],
)  # fmt: skip
def test_a_table_is_read_however_it_was_saved(content: bytes):
    table = read_table(content, LIMITS)
    assert table.header == ["title", "slug", "kind"]
    assert [row.values for row in table.rows] == READ


def test_lines_are_counted_as_the_file_has_them():
    table = read_table(b'sep=,\na,b\n"two\nlines",1\n\nx,2\n', LIMITS)
    assert (table.line, [row.line for row in table.rows]) == (2, [3, 6])


def test_a_delimiter_within_quotes_counts_for_nothing():
    assert read_table(b'"a,b,c";d\n1;2\n', LIMITS).header == ["a,b,c", "d"]


@pytest.mark.parametrize("encoding", ENCODINGS, ids=lambda encoding: encoding.codec)
def test_letters_in_doubt_are_asked_about_and_read_as_chosen(encoding: Any):
    """Every encoding on the list is offered for a text of its own, and first in a country where it is used."""
    text, country = {
        "cp1252": ("Große Loge", "DE"), "cp1250": ("Žižkovské divadlo Łódź", "CZ"), "cp1251": ("Гамлет", "BG"),
        "cp1253": ("Άμλετ", "GR"), "cp1254": ("Şişli ığdır", "TR"), "cp1255": ("המלט", "IL"), "cp1256": ("هاملت", "EG"),
        "cp1257": ("Šiauliai ķēniņš", "LV"), "cp1258": ("Đồng".replace("ồ", "ô\u0300"), "VN"),
        "cp874": ("แฮมเล็ต", "TH"),
        "cp932": ("七人の侍", "JP"), "euc_jp": ("七人の侍", "JP"), "gb18030": ("哈姆雷特", "CN"),
        "big5hkscs": ("哈姆雷特王子", "TW"), "cp949": ("햄릿", "KR"), "koi8_u": ("Гамлет", "RU"),
        "mac_roman": ("Große Loge", "DE"), "cp850": ("Große Loge", "DE"),
    }[encoding.codec]  # fmt: skip
    content = f"title\n{text}\n".encode(encoding.codec)
    with pytest.raises(DoubtfulLetters) as doubt:
        read_table(content, LIMITS, country=country)
    offered = {sample.lines[0]: sample.codec for sample in doubt.value.samples}
    assert text in offered
    if encoding.languages:
        assert doubt.value.samples[0].lines[0] == text or encoding.codec in {"koi8_u", "euc_jp"}
    assert read_table(content, LIMITS, encoding=offered[text]).rows[0].values == [text]


def test_a_wrong_choice_of_letters_names_the_line():
    with pytest.raises(UnreadableTable) as refusal:
        decode(b"a\n\x9d\xe9", encoding="cp1252")
    assert refusal.value.finding.line == 2


@pytest.mark.parametrize(
    ("content", "message", "line"),
    [
        (b"", "empty", 0),
        (b"\xd0\xcf\x11\xe0old", "XLS", 0),
        (b"PK\x03\x04broken", "damaged", 0),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00", "picture .PNG", 0),
        (b"\xff\xd8\xff\xe0", "picture .JPEG", 0),
        (b"<?xml version='1.0'?><svg xmlns='x'></svg>", "picture .SVG", 0),
        (b"%PDF-1.7", "PDF", 0),
        (b"<!DOCTYPE html><html>", "web page", 0),
        (b'title,slug\n"a,b\n', "can't be read", 2),
        (b"title,slug\na,b,c\n", "more cells", 2),
        (b"title\nx\x01y\n", "characters", 2),
        (b"title\n" + b"x\n" * 101, "more than 100 rows", 102),
        (b"a,b,c,d,e,f,g,h,i,j,k\n", "more than 10 columns", 1),
        (b"title,slug\na," + b"x" * 1001, "more than 1000 characters", 2),
        (b"x" * 1_000_001, "larger than", 0),
        (workbook(["a"], *[["x"]] * 101), "more than 100 rows", 102),
        (workbook(["a"], ["x" * 1001]), "more than 1000 characters", 2),
        (workbook(["a"] * 11), "more than 10 columns", 1),
    ],
)
def test_a_file_that_is_no_table_or_too_large_is_refused_with_reason_and_place(content: bytes, message: str, line: int):
    with pytest.raises(UnreadableTable, match=message) as refusal:
        read_table(content, LIMITS)
    assert refusal.value.finding.line == line


BOMB = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'


@pytest.mark.slow
@pytest.mark.parametrize(
    ("part", "old", "new"),
    [
        ("xl/worksheets/sheet1.xml", b"</sheetData>",
         b'<row r="9"><c r="A9" t="inlineStr"><is><t>' + b"A" * (40 << 20) + b"</t></is></c></row></sheetData>"),
        ("xl/worksheets/sheet1.xml", b"</sheetData>",
         b'<row><c t="inlineStr"><is><t>x</t></is></c></row>' * 100_000 + b"</sheetData>"),
        ("xl/worksheets/sheet1.xml", b"<sheetData>", b"<sheetData>" + b" " * (3 << 20)),
        ("xl/worksheets/sheet1.xml", b"<worksheet", BOMB + b"<worksheet"),
        ("xl/sharedStrings.xml", b"</sst>", b"<si><t>x</t></si>" * 1_000_000 + b"</sst>"),
        ("xl/styles.xml", b"<styleSheet", b"<!--" + b"x" * (9 << 20) + b"--><styleSheet"),
    ],
    ids=["cell of 40 MB", "rows", "blank", "entities", "texts", "styles"],
)  # fmt: skip
def test_a_zip_bomb_costs_little(part: str, old: bytes, new: bytes, monkeypatch: Any):
    """Each of these held a worker for up to 93 s and 654 MB; the memory of reading it is bounded now."""
    content = replace_part(workbook(["title"], ["Hamlet"]), part, old, new)
    assert len(content) < LIMITS.size
    if new.endswith(b"   "):
        monkeypatch.setattr("lib.tables.xlsx.MAX_UNPACKED", 2 << 20)
    tracemalloc.start()
    try:
        with pytest.raises(UnreadableTable):
            read_table(content, LIMITS)
        _now, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < 2_000_000


@pytest.mark.parametrize("is_1904", [False, True])
def test_a_workbook_marks_days_and_times_and_bare_numbers_may_be_either(is_1904: bool):
    moment = datetime.fromisoformat("2027-12-24 19:30")
    serial = 46_745.8125 - (1462 if is_1904 else 0)
    formats = {date: "yyyy-mm-dd", time: "hh:mm", datetime: 'dd". "mmmm yyyy hh:mm'}
    row = [moment.date(), moment.time(), moment, int(serial), 0.8125, serial, 12, 1.5]
    content = workbook([f"c{index}" for index in range(8)], row, formats=formats, date_1904=is_1904)
    [read] = read_table(content, LIMITS).rows
    assert [read_day(read.values[index]) for index in (0, 2, 3, 5)] == [moment.date()] * 4
    assert [read_clock(read.values[index]) for index in (1, 2, 4, 5)] == [moment.time()] * 4
    assert [as_text(value) for value in read.values[6:]] == ["12", "1.5"]
    for number in read.values[6:]:
        with pytest.raises(CellError):
            read_day(number)
        with pytest.raises(CellError):
            read_clock(number)


def test_cells_of_every_kind_are_read_as_openpyxl_does():
    book = openpyxl.Workbook()
    hidden = book.active
    hidden.sheet_state = "hidden"
    hidden.append(["not this one"])
    sheet = book.create_sheet("Shows")
    sheet.append(["text", "number", "yes", "day", "formula", None, "last"])
    sheet.append(["ä & <b>", 19.99, True, datetime.fromisoformat("2027-01-02"), "=1+1", None, "end"])
    out = io.BytesIO()
    book.save(out)
    table = read_table(out.getvalue(), LIMITS)
    # A formula that nobody has reckoned shows nothing yet.
    assert [as_text(value) for value in table.rows[0].values] == [
        "ä & <b>",
        "19.99",
        "yes",
        "2027-01-02",
        "",
        "",
        "end",
    ]
    assert table.header[5] == ""


def test_the_reading_above_a_japanese_text_is_no_part_of_it():
    content = replace_part(
        workbook(["title"], ["X"]),
        "xl/sharedStrings.xml",
        b"<t>X</t>",
        "<t>東京</t><rPh><t>トウキョウ</t></rPh>".encode(),
    )
    assert read_table(content, LIMITS).rows[0].values == ["東京"]


@pytest.mark.parametrize(
    ("text", "country", "day"),
    [
        ("2027-12-24", "US", (2027, 12, 24)),
        ("2027/12/24", "AT", (2027, 12, 24)),
        ("2027-12-24T00:00:00", "AT", (2027, 12, 24)),
        ("2027年12月24日", "JP", (2027, 12, 24)),
        ("2027. 12. 24.", "KR", (2027, 12, 24)),
        ("24.12.2027", "US", (2027, 12, 24)),
        ("24. 12. 2027", "CZ", (2027, 12, 24)),
        ("24.12.27", "DE", (2027, 12, 24)),
        ("05/06/2027", "GB", (2027, 6, 5)),
        ("05/06/2027", "IN", (2027, 6, 5)),
        ("05-06-2027", "NL", (2027, 6, 5)),
        ("05/06/2027", "US", (2027, 5, 6)),
        ("5/6/27", "US", (2027, 5, 6)),
        ("24/12/2027", "JP", (2027, 12, 24)),
        ("२४/१२/२०२७", "IN", (2027, 12, 24)),
        ("05/06/2027", "JP", None),
        ("12/25/2027", "GB", None),
        ("25/12/2027", "US", None),
        ("31.02.2027", "AT", None),
        ("9999", "AT", None),
        ("soon", "AT", None),
    ],
)  # fmt: skip
def test_days_are_read_as_the_country_writes_them(text: str, country: str, day: tuple[int, int, int] | None):
    if day is None:
        with pytest.raises(CellError):
            read_day(text, day_order(country))
    else:
        assert read_day(text, day_order(country)) == date(*day)


def test_a_country_that_does_not_exist_leaves_the_order_open():
    assert day_order("XX") == day_order("") == DayOrder.UNKNOWN


@pytest.mark.parametrize(
    ("text", "clock"),
    [
        ("19:30", time(19, 30)), ("19.30", time(19, 30)), ("19:30:00", time(19, 30)), ("19h30", time(19, 30)),
        ("19h", time(19)), ("19 Uhr", time(19)), ("19:30 Uhr", time(19, 30)), ("7:30PM", time(19, 30)),
        ("7:30 p.m.", time(19, 30)), ("7 pm", time(19)), ("12:05 AM", time(0, 5)), ("19時30分", time(19, 30)),
        ("१९:३०", time(19, 30)), ("24:00", None), ("13:00 pm", None), ("19", None), ("1930", None), ("", None),
    ],
)  # fmt: skip
def test_times_are_read_as_people_write_them(text: str, clock: time | None):
    if clock is None:
        with pytest.raises(CellError):
            read_clock(text)
    else:
        assert read_clock(text) == clock


def test_similar_findings_are_grouped():
    findings = [finding("“%(text)s” is not a day.", text=number) for number in range(1000)] + ["Something else."]
    groups = group_alike(findings, kind_of)
    assert [(len(group.first), group.more) for group in groups] == [(3, 997), (1, 0)]
    assert str(groups[0].first[1]) == "“1” is not a day."


ROOT = Path(__file__).resolve().parents[2]
# What reads a table, by whatever name it is imported.
READERS = {"reader", "DictReader", "Sniffer", "load_workbook", "read_csv", "read_excel", "ExcelFile", "chardet"}


@pytest.mark.slow
def test_no_other_module_reads_tables():
    """All product code, found on the disk: a second reader would differ in encodings, bounds and dates."""
    apps = [path.parent for path in ROOT.glob("*/apps.py")]
    modules = [path for app in apps for path in app.rglob("*.py") if "tests" not in path.parts]
    assert len(modules) > 200
    strangers = []
    for path in modules:
        if path.is_relative_to(ROOT / "lib" / "tables"):
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            name = node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""
            if name in READERS or (isinstance(node, ast.alias) and node.name in READERS):
                strangers.append(f"{path.relative_to(ROOT)}: {name}")
    assert strangers == []
