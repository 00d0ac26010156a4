"""A document seen as seats and areas with absolute positions.

Reading never stops at the first error: what cannot be read is left out and reported as a problem.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from math import isfinite
from statistics import median_high, median_low
from typing import Any

from django.utils.translation import gettext

from theaters.seat_maps.complete import MAX_PLAN_SIZE, complete, extension_of, is_for_sale, is_number
from theaters.seat_maps.labels import is_plain, plain_label, write_seat_label
from theaters.seat_maps.problems import Problem
from theaters.seat_maps.runs import RowSeats, split_row
from theaters.seat_maps.shape_checks import shape_faults

# Colors in place of unreadable ones, and of categories from CSV files.
CATEGORY_COLORS = ("#8c2f39", "#b5762b", "#3d6b57", "#34597f", "#6b4a7d", "#4a4a48", "#a3475f", "#7a8450")
SEAT_FLAGS = ("accessible", "companion", "restricted", "aisle", "step_free", "hearing_loop")
# How many steps a seat or a zone can be painted better or worse than its place says.
MAX_PAINTED_QUALITY = 3
MAX_SEATS = 60_000
MAX_SEATS_IN_ROW = 500
_MAX_AREA_CAPACITY = 1_000_000
# The lengths of the database columns.
_MAX_LENGTHS = {
    "seat_guid": 64,
    "uuid": 64,
    "companion_of": 64,
    "row_number": 20,
    "seat_number": 20,
    "name": 80,
    "text": 80,
    "category": 80,
}
_DEFAULT_SPACING = 20.0
# A seat's size as a share of the usual distance between neighbors.
SEAT_SIZE = 0.5


@dataclass(frozen=True)
class Category:
    name: str
    color: str
    rank: int
    is_for_sale: bool = True


@dataclass(frozen=True)
class PlacedSeat:
    """One seat; `row_key` is shared by all pieces of its row, and `where` finds it in the file.

    `quality` is what it was painted, `companion_of` the id of the wheelchair place that it is said to belong to.
    """

    guid: str
    section: str
    row: str
    number: str
    category: str
    x: float
    y: float
    flags: frozenset[str]
    row_key: int
    piece: int
    where: str
    quality: int = 0
    companion_of: str = ""

    @property
    def label(self) -> str:
        return write_seat_label(self.section, self.row, self.number)


@dataclass(frozen=True)
class PlacedArea:
    """Standing or unreserved space. `capacity` is None if the file gives none."""

    guid: str
    name: str
    category: str
    capacity: int | None
    where: str


@dataclass(frozen=True)
class Layout:
    """A view of `document`; `problems` are those found while reading (`check` finds the others)."""

    document: dict[str, Any]
    name: str
    categories: tuple[Category, ...]
    seats: tuple[PlacedSeat, ...]
    areas: tuple[PlacedArea, ...]
    tables: frozenset[int]
    problems: tuple[Problem, ...] = ()
    # The line of each part in the CSV file that the document was made from.
    lines: Mapping[str, int] = field(default_factory=dict)

    @property
    def capacity(self) -> int:
        """How many places can be sold; seats that are never for sale don't count."""
        seats = sum(seat.category not in self.blocked for seat in self.seats)
        return seats + sum(area.capacity or 0 for area in self.areas if area.category not in self.blocked)

    @cached_property
    def blocked(self) -> frozenset[str]:
        """The names of the categories that are never for sale."""
        return frozenset(category.name for category in self.categories if not category.is_for_sale)

    @cached_property
    def _rows(self) -> dict[int, RowSeats]:
        rows: dict[int, RowSeats] = {}
        for index, seat in enumerate(self.seats):
            row = rows.setdefault(seat.row_key, RowSeats(is_table=seat.row_key in self.tables))
            row.indexes.append(index)
            row.points.append((seat.x, seat.y))
            row.pieces.append(seat.piece)
            row.aisles.append("aisle" in seat.flags)
        return rows

    @cached_property
    def spacing(self) -> float:
        """The usual distance between neighbors in this plan, in its own units."""
        found = [spacing for row in self._rows.values() if (spacing := row.spacing)]
        return median_low(found) if found else _DEFAULT_SPACING

    @cached_property
    def least_spacing(self) -> float:
        """Seats closer than this overlap."""
        steps = [step for row in self._rows.values() for step in row.steps]
        # Half of the usual spacing, and at least a quarter of the usual step between seats in the file:
        # otherwise two heaps of seats in a small hall would define the usual spacing.
        return max(self.spacing * SEAT_SIZE, median_high(steps) * SEAT_SIZE / 2 if steps else 0)

    @cached_property
    def runs(self) -> tuple[tuple[int, ...], ...]:
        """Unbroken stretches of seats from left to right, as indexes into `seats`."""
        return tuple(tuple(run) for row in self._rows.values() for run in split_row(row, self.spacing))

    @cached_property
    def aisle_seats(self) -> frozenset[int]:
        """Seats on an aisle, as indexes: flagged so, or at a gap in their row."""
        found = {index for index, seat in enumerate(self.seats) if "aisle" in seat.flags}
        for before, after in pairwise(self.runs):
            row_key = self.seats[before[-1]].row_key
            if row_key == self.seats[after[0]].row_key and row_key not in self.tables:
                found |= {before[-1], after[0]}
        return frozenset(found)

    def locate(self, where: str, key: str) -> str:
        """Return where a value is in the file that the document came from."""
        return locate(self.lines, where, key)


_COLUMNS = {
    "name": "section",
    "row_number": "row",
    "seat_number": "number",
    "seat_guid": "id",
    "uuid": "id",
    "marquee.capacity": "capacity",
    "marquee.category": "category",
    "marquee.name": "section",
    "position.x": "x",
    "position.y": "y",
    "position": "x",
    "marquee": "flags",
}


def locate(lines: Mapping[str, int], where: str, key: str) -> str:
    if where not in lines:
        return f"{where}.{key}" if where else key
    place = {"line": lines[where], "column": _COLUMNS.get(key, key)}
    return gettext("line %(line)d, column “%(column)s”") % place


def read_layout(document: dict[str, Any], lines: Mapping[str, int] | None = None) -> Layout:
    """Read a document. Fills in what may be left out, in the document itself (see `complete.py`)."""
    complete(document)
    return _Reader(lines or {}).read(document)


class _Reader:
    def __init__(self, lines: Mapping[str, int]) -> None:
        self.lines = lines
        self.problems: list[Problem] = []
        self.seats: list[PlacedSeat] = []
        self.areas: list[PlacedArea] = []
        self.tables: set[int] = set()
        self.row_keys: dict[tuple[int, str], int] = {}
        self.pieces = 0

    def report(self, code: str, where: str, key: str, message: str, *, is_error: bool = True) -> None:
        self.problems.append(Problem(code, message, locate(self.lines, where, key), is_error))

    def text(self, item: dict[str, Any], key: str, where: str, *, is_required: bool = False, within: str = "") -> str:
        """Read a text; whole numbers are accepted, since files use them as seat numbers."""
        value = item.get(key)
        path = f"{within}.{key}" if within else key
        if isinstance(value, int) and not isinstance(value, bool) and "_number" in key:
            value = str(value)
        if not isinstance(value, str | None):
            self.report("wrong-type", where, path, gettext("This must be text."))
            return ""
        value = plain_label(value or "")
        if not value and is_required:
            self.report("missing", where, path, gettext("This must not be empty."))
        if len(value) > _MAX_LENGTHS[key]:
            self.report("too-long", where, path, gettext("This is longer than %d characters.") % _MAX_LENGTHS[key])
        if not is_plain(value):
            message = gettext("Use plain text only, without “<”, “>” or control characters.")
            self.report("not-plain-text", where, path, message)
        return value

    def point(self, item: dict[str, Any], where: str) -> tuple[float, float]:
        position = item.get("position", {"x": 0, "y": 0})
        if not isinstance(position, dict):
            self.report("wrong-type", where, "position", gettext("This must be an object with x and y."))
            return 0.0, 0.0
        point = []
        for axis in ("x", "y"):
            value = position.get(axis)
            if not is_number(value) or not isfinite(value):
                self.report("wrong-type", where, f"position.{axis}", gettext("This must be a number."))
            elif abs(value) > MAX_PLAN_SIZE:
                self.report("too-far", where, f"position.{axis}", gettext("No plan is that large."))
            else:
                point.append(float(value))
                continue
            point.append(0.0)
        return point[0], point[1]

    def items(self, item: dict[str, Any], key: str, where: str) -> list[tuple[str, dict[str, Any]]]:
        value = item.get(key, [])
        path = f"{where}.{key}" if where else key
        if not isinstance(value, list):
            self.report("wrong-type", where, key, gettext("This must be a list."))
            return []
        found = []
        for index, entry in enumerate(value):
            if isinstance(entry, dict):
                found.append((f"{path}[{index}]", entry))
            else:
                self.problems.append(Problem("wrong-type", gettext("This must be an object."), f"{path}[{index}]"))
        return found

    def extension(self, item: dict[str, Any], where: str) -> dict[str, Any]:
        if "marquee" in item and not isinstance(item["marquee"], dict):
            self.report("wrong-type", where, "marquee", gettext("This must be an object."))
        return extension_of(item)

    def read(self, document: dict[str, Any]) -> Layout:
        name = self.text(document, "name", "")
        categories = [
            self.category(item, where, rank)
            for rank, (where, item) in enumerate(self.items(document, "categories", ""), start=1)
        ]
        self.size(document)
        for index, (where, zone) in enumerate(self.items(document, "zones", "")):
            self.zone(zone, where, index)
        return Layout(
            document=document,
            name=name,
            categories=tuple(categories),
            seats=tuple(self.seats),
            areas=tuple(self.areas),
            tables=frozenset(self.tables),
            problems=tuple(self.problems),
            lines=self.lines,
        )

    def category(self, item: dict[str, Any], where: str, rank: int) -> Category:
        name = self.text(item, "name", where, is_required=True)
        color = normal_color(item.get("color"))
        if color is None:
            color = CATEGORY_COLORS[(rank - 1) % len(CATEGORY_COLORS)]
            if item.get("color") not in (None, ""):
                message = gettext("This is not a color such as #8c2f39; %s is used instead.") % color
                self.report("unknown-color", where, "color", message, is_error=False)
        for_sale = self.extension(item, where).get("for_sale", True)
        if not isinstance(for_sale, bool):
            self.report("wrong-type", where, "marquee.for_sale", gettext("This must be true or false."))
        return Category(name, color, rank, is_for_sale=for_sale is not False)

    def size(self, document: dict[str, Any]) -> None:
        size = document.get("size", {})
        if not isinstance(size, dict):
            self.report("wrong-type", "", "size", gettext("This must be an object with width and height."))
            return
        for side, value in size.items():
            if side in ("width", "height") and not (
                is_number(value) and isfinite(value) and 0 < value <= MAX_PLAN_SIZE
            ):
                message = gettext("This must be a number above 0 and at most %d.") % MAX_PLAN_SIZE
                self.report("bad-size", "size", side, message)

    def zone(self, zone: dict[str, Any], where: str, zone_index: int) -> None:
        section = self.text(zone, "name", where)
        zx, zy = self.point(zone, where)
        quality = self.quality(zone, where)
        for row_where, row in self.items(zone, "rows", where):
            label = self.text(row, "row_number", row_where)
            rx, ry = self.point(row, row_where)
            self.pieces += 1
            is_table = self.extension(row, row_where).get("table") is True
            # Only pieces of one row in one zone belong together; tables never do.
            key = (zone_index, f"\0{self.pieces}" if is_table or not label else label)
            row_key = self.row_keys.setdefault(key, len(self.row_keys))
            if is_table:
                self.tables.add(row_key)
            for seat_where, seat in self.items(row, "seats", row_where):
                self.seat(seat, seat_where, (zx + rx, zy + ry), (section, label), row_key, quality)
        for area_where, area in self.items(zone, "areas", where):
            self.area(area, area_where, section)

    def quality(self, item: dict[str, Any], where: str) -> int:
        """Return how much better or worse a seat or zone was painted."""
        value = self.extension(item, where).get("quality", 0)
        if isinstance(value, int) and not isinstance(value, bool) and abs(value) <= MAX_PAINTED_QUALITY:
            return value
        message = gettext("This must be a whole number from %(least)d to %(most)d.")
        limits = {"least": -MAX_PAINTED_QUALITY, "most": MAX_PAINTED_QUALITY}
        self.report("bad-quality", where, "marquee.quality", message % limits)
        return 0

    def seat(  # noqa: PLR0917
        self,
        seat: dict[str, Any],
        where: str,
        start: tuple[float, float],
        label: tuple[str, str],
        row_key: int,
        quality: int,
    ) -> None:
        x, y = self.point(seat, where)
        extension = self.extension(seat, where)
        flags = set()
        for flag in SEAT_FLAGS:
            if extension.get(flag) is True:
                flags.add(flag)
            elif extension.get(flag) not in (None, False):
                self.report("wrong-type", where, f"marquee.{flag}", gettext("This must be true or false."))
        self.seats.append(
            PlacedSeat(
                guid=self.text(seat, "seat_guid", where),
                section=label[0],
                row=label[1],
                number=self.text(seat, "seat_number", where, is_required=True),
                category=self.text(seat, "category", where, is_required=True),
                x=round(start[0] + x, 4),
                y=round(start[1] + y, 4),
                flags=frozenset(flags),
                row_key=row_key,
                piece=self.pieces,
                where=where,
                quality=self.quality(seat, where) if "quality" in extension else quality,
                companion_of=self.text(extension, "companion_of", where, within="marquee"),
            )
        )

    def area(self, area: dict[str, Any], where: str, section: str) -> None:
        """Read an area. Without a capacity or category it is only drawn: a stage, a bar, a text."""
        self.point(area, where)
        for fault in shape_faults(area):
            self.report("bad-shape", where, fault.key, fault.message, is_error=False)
        guid = self.text(area, "uuid", where)
        extension = self.extension(area, where)
        if not is_for_sale(area):
            return
        capacity = extension.get("capacity")
        if capacity is not None and (
            not isinstance(capacity, int) or isinstance(capacity, bool) or not 0 < capacity <= _MAX_AREA_CAPACITY
        ):
            message = gettext("This must be a whole number from 1 to %d.") % _MAX_AREA_CAPACITY
            self.report("bad-capacity", where, "marquee.capacity", message)
            capacity = 1
        self.areas.append(
            PlacedArea(
                guid=guid,
                name=self.text(extension, "name", where, within="marquee") or self.area_text(area, where) or section,
                category=self.text(extension, "category", where, is_required=True, within="marquee"),
                capacity=capacity,
                where=where,
            )
        )

    def area_text(self, area: dict[str, Any], where: str) -> str:
        """Read the text on an area; in older files it is a plain string."""
        written = area.get("text")
        return self.text(written if isinstance(written, dict) else {"text": written}, "text", where)


def normal_color(value: Any) -> str | None:
    """Return a color as #rrggbb, or None when it is not one in hexadecimal."""
    if not isinstance(value, str) or not value.startswith("#"):
        return None
    digits = value[1:]
    if len(digits) == 3:  # noqa: PLR2004 (the short form, #abc)
        digits = "".join(digit * 2 for digit in digits)
    is_hex = len(digits) == 6 and all(digit in "0123456789abcdefABCDEF" for digit in digits)  # noqa: PLR2004
    return f"#{digits.lower()}" if is_hex else None
