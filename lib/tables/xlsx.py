"""Read the first sheet of a workbook as a stream, and no more than the limits allow.

A workbook is a zip of XML: 200 KB may hold a sheet of gigabytes, a million styles or a cell of 40 MB, and a
reader that builds objects for all of it takes minutes. Here each part is parsed while it is unpacked, stops
at the first cell, row or text too many, and is never unpacked if not needed.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta
from posixpath import dirname, join, normpath
from typing import Any
from xml.parsers import expat

from django.utils.translation import gettext

from lib.tables.findings import UnreadableTable
from lib.tables.limits import Limits, too_long, too_wide

CHUNK = 64 * 1024
# Of one part; a sheet of 60,000 rows and nine columns unpacks to 25 MB.
MAX_UNPACKED = 100 * 1024**2
# A part about the workbook itself, such as its styles.
MAX_PART = 8 * 1024**2
# Bare numbers in these bounds are days (1954 to 2173), and below one they are times.
FIRST_SERIAL, LAST_SERIAL = 20_000, 100_000
# The day that a workbook counts as its first, by its program's descent.
WINDOWS_EPOCH, MAC_EPOCH = datetime(1899, 12, 30), datetime(1904, 1, 1)  # noqa: DTZ001 (a workbook knows no zones)
_REFERENCE = re.compile(r"([A-Z]{1,3})(\d{1,7})")


Moment = date | time | timedelta


class SheetNumber(float):
    """A number of a sheet, which may be a day or a time that was never formatted as one."""

    epoch: datetime = WINDOWS_EPOCH

    def as_moment(self) -> Moment | None:
        """Return the day or time that the number means in its workbook (1900 or 1904), if it may be one."""
        if 0 <= self < 1 or FIRST_SERIAL <= self < LAST_SERIAL:
            return _from_serial(float(self), self.epoch)
        return None


def read_sheet(content: bytes, limits: Limits) -> Iterator[tuple[int, list[Any]]]:
    """Yield line and cells of each row of the first sheet that is not hidden. Raises `UnreadableTable`."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            yield from _Workbook(packed, limits).rows()
    except UnreadableTable:
        raise
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, LookupError, ValueError) as error:
        raise UnreadableTable(gettext("This XLSX file can't be read. Save it again, or as CSV.")) from error
    except expat.ExpatError as error:
        raise UnreadableTable(gettext("This XLSX file can't be read. Save it again, or as CSV.")) from error


class _Workbook:
    def __init__(self, packed: zipfile.ZipFile, limits: Limits) -> None:
        self.packed = packed
        self.limits = limits
        self.epoch = WINDOWS_EPOCH

    def rows(self) -> Iterator[tuple[int, list[Any]]]:
        book = self._find_target("", "officeDocument") or "xl/workbook.xml"
        sheet = self._open_book(book)
        self.dates = self._read_formats(self._find_target(book, "styles"))
        self.texts = self._read_texts(self._find_target(book, "sharedStrings"))
        reader = _Sheet(self)
        for _chunk in self._parse(sheet, reader.start, reader.end, reader.text, most=MAX_UNPACKED):
            yield from reader.take()

    def _parse(
        self,
        name: str,
        start: Callable[[str, dict[str, str]], None],
        end: Callable[[str], None] | None = None,
        text: Callable[[str], None] | None = None,
        most: int = MAX_PART,
    ) -> Iterator[None]:
        """Parse a part of the zip chunk by chunk; names lose their namespaces."""
        if self.packed.getinfo(name).file_size > most:
            raise UnreadableTable(gettext("This file unpacks to far more than a table of this size."))
        parser = expat.ParserCreate(namespace_separator="}")
        parser.buffer_text = True
        parser.StartDoctypeDeclHandler = _refuse_entities
        parser.StartElementHandler = lambda tag, given: start(
            tag.rpartition("}")[2], {key.rpartition("}")[2]: value for key, value in given.items()}
        )
        parser.EndElementHandler = (lambda tag: end(tag.rpartition("}")[2])) if end else None
        parser.CharacterDataHandler = text
        with self.packed.open(name) as part:
            while chunk := part.read(CHUNK):
                parser.Parse(chunk)
                yield
            parser.Parse(b"", True)  # noqa: FBT003 (the end; it takes no keywords)
            yield

    def _find_target(self, source: str, kind: str, by_id: str = "") -> str:
        """Return the part that `source` names as its `kind`, or under an id; "" if there is none."""
        folder, base = dirname(source), source.rpartition("/")[2]
        name = join(folder, "_rels", f"{base}.rels")
        found: list[str] = []

        def start(tag: str, given: dict[str, str]) -> None:
            is_it = given.get("Id") == by_id if by_id else given.get("Type", "").endswith(f"/{kind}")
            if tag == "Relationship" and is_it:
                target = given.get("Target", "")
                found.append(target.lstrip("/") if target.startswith("/") else normpath(join(folder, target)))

        if name in self.packed.namelist():
            for _step in self._parse(name, start):
                pass
        return found[0] if found else ""

    def _open_book(self, book: str) -> str:
        """Read the workbook's epoch, and return the part with its first visible sheet."""
        if book.endswith(".bin"):
            raise UnreadableTable(gettext("This is a binary Excel file (XLSB). Save it as XLSX or CSV."))
        ids: list[str] = []

        def start(tag: str, given: dict[str, str]) -> None:
            if tag == "workbookPr" and given.get("date1904") in ("1", "true"):
                self.epoch = MAC_EPOCH
            elif tag == "sheet" and given.get("state", "visible") == "visible":
                ids.append(given.get("id", ""))

        for _step in self._parse(book, start):
            pass
        for sheet_id in ids:
            name = self._find_target(book, "", by_id=sheet_id)
            if "chartsheet" not in name and name in self.packed.namelist():
                return name
        raise UnreadableTable(gettext("This workbook has no sheet with cells."))

    def _read_formats(self, name: str) -> list[str]:
        """Return for each style if it shows a number as a day or time (“d”), a duration (“t”) or neither."""
        kinds: list[str] = []
        own: dict[int, str] = {}
        within = ""

        def start(tag: str, given: dict[str, str]) -> None:
            nonlocal within
            if tag in ("cellXfs", "cellStyleXfs", "dxfs"):
                within = tag
            elif tag == "numFmt" and not within:
                own[int(given.get("numFmtId", 0))] = given.get("formatCode", "")
            elif tag == "xf" and within == "cellXfs":
                number = int(given.get("numFmtId", 0))
                kinds.append(_kind_of_format(own.get(number, ""), number))

        for _step in self._parse(name, start) if name in self.packed.namelist() else ():
            pass
        return kinds

    def _read_texts(self, name: str) -> list[str]:
        """Return the workbook's shared texts, without the phonetic readings above Japanese ones."""
        texts: list[str] = []
        pieces: list[str] = []
        most = self.limits.rows * self.limits.columns
        depth = {"t": 0, "rPh": 0}
        length = 0

        def start(tag: str, _given: dict[str, str]) -> None:
            if tag in depth:
                depth[tag] += 1

        def end(tag: str) -> None:
            nonlocal length
            if tag in depth:
                depth[tag] -= 1
            elif tag == "si":
                texts.append("".join(pieces))
                pieces.clear()
                length = 0
                if len(texts) > most:
                    raise UnreadableTable(gettext("This file holds far more text than a table of this size."))

        def text(piece: str) -> None:
            nonlocal length
            if depth["t"] and not depth["rPh"] and length <= self.limits.cell:
                # Keep one character too many, so that the cell that uses the text is refused.
                pieces.append(piece[: self.limits.cell + 1 - length])
                length += len(piece)

        for _step in self._parse(name, start, end, text, MAX_UNPACKED) if name in self.packed.namelist() else ():
            pass
        return texts


class _Sheet:
    """Collects rows while a sheet is parsed; `take` returns the complete ones."""

    def __init__(self, book: _Workbook) -> None:
        self.book = book
        self.ready: list[tuple[int, list[Any]]] = []
        self.line = 0
        self.row: list[Any] = []
        self.place = -1
        self.kind = self.style = ""
        self.pieces: list[str] = []
        self.length = 0
        self.reads = False

    def take(self) -> Iterator[tuple[int, list[Any]]]:
        ready, self.ready = self.ready, []
        yield from ready

    def start(self, tag: str, given: dict[str, str]) -> None:
        if tag == "row":
            self.line = int(given["r"]) if given.get("r", "").isdecimal() else self.line + 1
            self.row, self.place = [], -1
        elif tag == "c":
            match = _REFERENCE.fullmatch(given.get("r", ""))
            self.place = _column(match[1]) if match else self.place + 1
            self.kind, self.style = given.get("t", "n"), given.get("s", "0")
            self.pieces, self.length = [], 0
        elif tag in ("v", "t"):
            self.reads = True
        elif tag == "rPh":
            self.kind = "reading"

    def text(self, piece: str) -> None:
        if self.reads and self.kind != "reading":
            self.length += len(piece)
            if self.length > self.book.limits.cell:
                raise too_long(self.book.limits, self.line, self.place)
            self.pieces.append(piece)

    def end(self, tag: str) -> None:
        if tag in ("v", "t"):
            self.reads = False
        elif tag == "rPh":
            self.kind = "inlineStr"
        elif tag == "row" and self.row:
            self.ready.append((self.line, self.row))
        elif tag == "c" and self.pieces:
            value = self.value("".join(self.pieces))
            if value == "":
                return
            if self.place >= self.book.limits.columns:
                raise too_wide(self.book.limits, self.line)
            self.row += [""] * (self.place + 1 - len(self.row))
            self.row[self.place] = value

    def value(self, text: str) -> Any:
        if self.kind == "s":
            shared = self.book.texts[int(text)]
            if len(shared) > self.book.limits.cell:
                raise too_long(self.book.limits, self.line, self.place)
            return shared.strip()
        if self.kind == "b":
            return text.strip() == "1"
        if self.kind == "d":
            return datetime.fromisoformat(text.strip())
        if self.kind != "n":
            return text.strip()
        number = SheetNumber(text)
        number.epoch = self.book.epoch
        style = int(self.style)
        shown = self.book.dates[style] if style < len(self.book.dates) else ""
        moment = _from_serial(float(number), self.book.epoch, is_duration=shown == "t") if shown else None
        return number if moment is None else moment


def _refuse_entities(*_declaration: Any) -> None:
    raise UnreadableTable(gettext("This XLSX file declares entities of its own, which no spreadsheet writes."))


def _column(letters: str) -> int:
    place = 0
    for letter in letters:
        place = place * 26 + ord(letter) - ord("A") + 1
    return place - 1


def _kind_of_format(code: str, number: int) -> str:
    from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format, is_timedelta_format  # noqa: PLC0415 (brings NumPy)

    code = code or BUILTIN_FORMATS.get(number, "")
    # Days in the formats that East Asian workbooks have built in.
    if 27 <= number <= 36 or 50 <= number <= 58:  # noqa: PLR2004
        return "d"
    if is_timedelta_format(code):
        return "t"
    return "d" if is_date_format(code) else ""


def _from_serial(number: float, epoch: datetime, *, is_duration: bool = False) -> Moment | None:
    from openpyxl.utils.datetime import from_excel  # noqa: PLC0415 (half a second, which most processes never need)

    try:
        moment: Moment | None = from_excel(number, epoch, timedelta=is_duration)
    except (ValueError, OverflowError):
        return None
    return moment
