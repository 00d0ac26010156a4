"""Seat maps as a table: one line per seat, one per standing area.

Columns, in any order: section, row, number (12, or 1-20 for twenty seats), category; and, if
given: x, y, flags, capacity, id. A line with a capacity and no row or number is an area
that is named by its section.

Two more columns hold what would be lost otherwise: `more`, a JSON object with all other keys of what the line
describes, and `kind`, for lines that are no place for sale: the plan, a category, a section, a row, a shape.
`write_csv.py` writes such tables.
"""

import re
from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext

from lib.tables import Limits, Table, UnreadableTable, as_text, read_table
from theaters.seat_maps.json_format import parse_document
from theaters.seat_maps.layout import CATEGORY_COLORS, MAX_SEATS, MAX_SEATS_IN_ROW, SEAT_FLAGS, Layout, read_layout
from theaters.seat_maps.problems import InvalidSeatMap, Problem

COLUMNS = ("section", "row", "number", "category", "x", "y", "flags", "capacity", "id", "kind", "more")
REQUIRED_COLUMNS = ("section", "row", "number", "category")
_ALSO_CALLED = {
    "zone": "section",
    "block": "section",
    "seat": "number",
    "seat number": "number",
    "seat_number": "number",
    "row_number": "row",
    "seat_guid": "id",
    "guid": "id",
}
# `seat` is a seat whose number would be read as several: 1-20.
KINDS = ("plan", "category", "section", "row", "seat", "shape")
RANGE = re.compile(r"(\d{1,5})\s*(?:-|–|—|\.\.+|…)\s*(\d{1,5})", re.ASCII)
# One line per seat or area, and some for rows and sections; a cell may hold a polygon.
FILE_LIMITS = Limits(size=20 * 1024**2, rows=MAX_SEATS + 20_000, cell=100_000)
_AREA_SIZE = {"width": 320, "height": 160}


def parse_csv(text: str, *, name: str = "", curve: float | None = None) -> Layout:
    """Read a table of seats from text; see `parse_table`."""
    try:
        return parse_table(read_table(text.encode(), FILE_LIMITS), name=name, curve=curve)
    except UnreadableTable as error:
        raise InvalidSeatMap([Problem("unreadable", error.finding.message, error.finding.place)]) from error


def parse_table(table: Table, *, name: str = "", curve: float | None = None) -> Layout:
    """Read a table of seats; raise `InvalidSeatMap` with every line that cannot be read.

    Categories rank in the order in which they first appear. Without x and y the rows are laid out
    in the order of the file, curved around the stage when `curve` gives the front row's radius. A
    number such as 1-20 is that many seats.
    """
    return _Table(name, curve).read(table)


class _Table:
    def __init__(self, name: str, curve: float | None) -> None:
        self.document: dict[str, Any] = {"name": name, "categories": [], "zones": []}
        self.curve = curve
        self.zones: dict[str, dict[str, Any]] = {}
        self.rows: dict[tuple[str, str], dict[str, Any]] = {}
        self.lines: dict[str, int] = {}
        self.problems: list[Problem] = []
        self.count = 0
        self.categories: set[str] = set()
        # The sections that a line of their own began.
        self.begun: set[str] = set()

    def report(self, code: str, line: int, column: str, message: str) -> None:
        place = {"line": line, "column": column}
        self.problems.append(Problem(code, message, gettext("line %(line)d, column “%(column)s”") % place))

    def read(self, table: Table) -> Layout:
        columns = self.header(table.header, table.line)
        for row in table.rows:
            self.line(self.named(columns, [as_text(value) for value in row.values]), row.line)
        if self.problems:
            raise InvalidSeatMap(self.problems)
        self.number_lines()
        return read_layout(self.document, self.lines)

    def header(self, cells: Sequence[str], line: int) -> list[str]:
        columns = []
        for cell in cells:
            column = cell.strip().lower()
            column = _ALSO_CALLED.get(column, column)
            if column and column in columns:
                self.report("duplicate-column", line, column, gettext("The column appears twice in the file."))
            elif column and column not in COLUMNS:
                known = ", ".join(COLUMNS)
                self.report(
                    "unknown-column", line, column, gettext("There is no such column. The columns are: %s.") % known
                )
            columns.append(column)
        for column in REQUIRED_COLUMNS:
            if column not in columns:
                self.report("missing-column", line, column, gettext("The first line must name this column."))
        if ("x" in columns) != ("y" in columns):
            self.report("missing-column", line, "y" if "x" in columns else "x", gettext("x and y are needed together."))
        if self.problems:
            raise InvalidSeatMap(self.problems)
        return columns

    def named(self, columns: Sequence[str], cells: Sequence[str]) -> dict[str, str]:
        return {column: cell for column, cell in zip(columns, cells, strict=False) if column}

    def line(self, cells: dict[str, str], line: int) -> None:
        more = self.more(cells.get("more", ""), line)
        kind = cells.get("kind", "").lower()
        if kind and kind not in KINDS:
            message = gettext("There is no kind “%(name)s”. The kinds are: %(known)s.")
            self.report("unknown-kind", line, "kind", message % {"name": kind, "known": ", ".join(KINDS)})
        elif kind in ("", "seat", "category"):
            self.category(cells.get("category", ""), more if kind == "category" else {}, line)
        match kind:
            case "plan":
                self.document |= {key: value for key, value in more.items() if key not in ("categories", "zones")}
            case "section":
                self.begin_section(cells.get("section", ""), more)
            case "row":
                self.begin_row(cells.get("section", ""), cells.get("row", ""), more)
            case "shape":
                self.shape(cells, more, line)
            case "seat":
                self.place(cells, line, cells.get("number", ""), more)
            case "" if cells.get("capacity"):
                self.area(cells, more, line)
            case "":
                self.seat(cells, more, line)

    def more(self, text: str, line: int) -> dict[str, Any]:
        if not text:
            return {}
        try:
            found = parse_document(text)
        except InvalidSeatMap as refusal:
            self.report("not-json", line, "more", refusal.problems[0].message)
            return {}
        if isinstance(found.get("marquee", {}), dict):
            return found
        self.report("wrong-type", line, "more", gettext("The value of “marquee” must be an object."))
        return {}

    def category(self, name: str, more: dict[str, Any], line: int) -> None:
        """Add a category where the table names it first, in the color that `more` gives."""
        if not name:
            self.report("missing", line, "category", gettext("This must not be empty."))
        elif name not in self.categories:
            color = CATEGORY_COLORS[len(self.categories) % len(CATEGORY_COLORS)]
            self.categories.add(name)
            self.document["categories"].append({"color": color, **more, "name": name})

    def begin_section(self, section: str, more: dict[str, Any]) -> None:
        """Begin a part of the hall, to which all lines that follow with its name belong."""
        self.zones.pop(section, None)
        self.rows = {key: row for key, row in self.rows.items() if key[0] != section}
        self.begun.add(section)
        self.zone(section).update({key: value for key, value in more.items() if key not in ("name", "rows", "areas")})

    def begin_row(self, section: str, label: str, more: dict[str, Any]) -> None:
        row = {**more, "row_number": label, "seats": []}
        self.rows[section, label] = row
        self.zone(section)["rows"].append(row)

    def zone(self, section: str) -> dict[str, Any]:
        if section not in self.zones:
            self.zones[section] = {"name": section, "rows": []}
            if self.curve:
                self.zones[section]["marquee"] = {"curve": self.curve}
            self.document["zones"].append(self.zones[section])
        return self.zones[section]

    def seat(self, cells: dict[str, str], more: dict[str, Any], line: int) -> None:
        number = cells.get("number", "")
        if not number:
            self.report("missing", line, "number", gettext("A seat needs a number, an area a capacity."))
        if match := RANGE.fullmatch(number):
            self.range(cells, line, int(match[1]), int(match[2]))
        else:
            self.place(cells, line, number, more)

    def range(self, cells: dict[str, str], line: int, first: int, last: int) -> None:
        """Read seats from `first` to `last`, from left to right, which may count downwards."""
        for column in ("x", "y", "id", "more"):
            if cells.get(column):
                message = gettext("A line for several seats cannot have a position or an id.")
                self.report("not-empty", line, column, message)
                return
        count = abs(last - first) + 1
        if count > MAX_SEATS_IN_ROW:
            message = gettext("The row has %(count)d seats; at most %(limit)d are possible.")
            self.report("row-too-long", line, "number", message % {"count": count, "limit": MAX_SEATS_IN_ROW})
            return
        for number in range(first, last + 1) if first <= last else range(first, last - 1, -1):
            self.place(cells, line, str(number), {})

    def place(self, cells: dict[str, str], line: int, number: str, more: dict[str, Any]) -> None:
        """Add one seat to its row."""
        self.count += 1
        if self.count > MAX_SEATS:
            raise InvalidSeatMap([Problem("too-many-seats", gettext("The plan has more than %d seats.") % MAX_SEATS)])
        seat: dict[str, Any] = {**more, "seat_number": number, "category": cells.get("category", "")}
        if cells.get("id"):
            seat["seat_guid"] = cells["id"]
        if flags := self.flags(cells.get("flags", ""), line):
            seat["marquee"] = {**more.get("marquee", {}), **dict.fromkeys(flags, True)}
        if position := self.position(cells, line):
            seat["position"] = position
        seat["_line"] = line
        section, label = cells.get("section", ""), cells.get("row", "")
        zone = self.zone(section)
        if position:
            zone.setdefault("position", {"x": 0, "y": 0})
        if (section, label) not in self.rows:
            row: dict[str, Any] = {"row_number": label, "row_number_position": "both", "seats": []}
            self.rows[section, label] = row
            zone["rows"].append(row)
        row = self.rows[section, label]
        first = next((row["seats"][0] for row in zone["rows"] if row["seats"]), seat)
        if ("position" in first) != ("position" in seat):
            self.report("missing", line, "x", gettext("Either all seats of a section have x and y, or none."))
        row["seats"].append(seat)

    def area(self, cells: dict[str, str], more: dict[str, Any], line: int) -> None:
        if not cells.get("section"):
            self.report("missing", line, "section", gettext("An area is named by its section."))
        for column in ("row", "number"):
            if cells.get(column):
                self.report(
                    "not-empty", line, column, gettext("A line with a capacity is an area, without row and number.")
                )
        capacity = cells["capacity"]
        if not (capacity.isascii() and capacity.isdigit() and len(capacity) < 8):  # noqa: PLR2004
            self.report("bad-capacity", line, "capacity", gettext("This must be a whole number."))
            return
        name = cells.get("section", "")
        drawn = more or {
            "shape": "rectangle",
            "rectangle": dict(_AREA_SIZE),
            "text": {"position": {"x": _AREA_SIZE["width"] / 2, "y": _AREA_SIZE["height"] / 2}, "text": name},
        }
        sold = {"category": cells.get("category", ""), "capacity": int(capacity)}
        self.add_area(cells, {**drawn, "marquee": {"name": name, **more.get("marquee", {}), **sold}}, line)

    def shape(self, cells: dict[str, str], more: dict[str, Any], line: int) -> None:
        """Read what is only drawn: a stage, a bar, a wall, a text."""
        if not more:
            self.report("missing", line, "more", gettext("This must not be empty."))
        self.add_area(cells, more, line)

    def add_area(self, cells: dict[str, str], area: dict[str, Any], line: int) -> None:
        """Add an area to the section that the table began, or else as a part of the hall by itself."""
        section = cells.get("section", "")
        area["position"] = self.position(cells, line) or {"x": 0, "y": 0}
        area["_line"] = line
        if cells.get("id"):
            area["uuid"] = cells["id"]
        if section in self.begun:
            zone = self.zone(section)
        else:
            zone = {"name": section, "rows": []}
            self.document["zones"].append(zone)
        if cells.get("x"):
            zone["position"] = {"x": 0, "y": 0}
        zone.setdefault("areas", []).append(area)

    def flags(self, text: str, line: int) -> list[str]:
        names = text.replace("|", " ").lower().split()
        for name in names:
            if name not in SEAT_FLAGS:
                known = ", ".join(SEAT_FLAGS)
                message = gettext("There is no flag “%(name)s”. The flags are: %(known)s.") % {
                    "name": name,
                    "known": known,
                }
                self.report("unknown-flag", line, "flags", message)
        return [flag for flag in SEAT_FLAGS if flag in names]

    def position(self, cells: dict[str, str], line: int) -> dict[str, float] | None:
        given = {axis: cells.get(axis, "") for axis in ("x", "y")}
        if not any(given.values()):
            return None
        position = {}
        for axis, text in given.items():
            try:
                position[axis] = float(text.replace(",", "."))
            except ValueError:
                self.report("wrong-type", line, axis, gettext("This must be a number."))
        return position

    def number_lines(self) -> None:
        """Record which line each seat and area came from, once all are placed."""
        for z, zone in enumerate(self.document["zones"]):
            for r, row in enumerate(zone["rows"]):
                for s, seat in enumerate(row["seats"]):
                    self.lines[f"zones[{z}].rows[{r}].seats[{s}]"] = seat.pop("_line")
            for a, area in enumerate(zone.get("areas", ())):
                self.lines[f"zones[{z}].areas[{a}]"] = area.pop("_line")
