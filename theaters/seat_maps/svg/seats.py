"""Which section, row and number each seat of a drawing has: by attributes, groups and names, or by where it is."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from statistics import fmean

from theaters.seat_maps.arrange import row_labels
from theaters.seat_maps.geometry import Grid, Point, bounds
from theaters.seat_maps.svg.choices import Choices, RowNames, size_of
from theaters.seat_maps.svg.read import Group, Mark, Word
from theaters.seat_maps.svg.rows import FoundRow, find_rows, is_ahead

MAX_NUMBER, MAX_ROW = 20, 20
# Names of seats are used if so many of them have one.
_MOST = 0.8
_SEAT_NAME = re.compile(r"(?:.*?[-_ /.:])?(?:([A-Za-z]{1,3}|\d{1,3})[-_ /.:]?)??(\d{1,4}[a-z]?)", re.ASCII)
_ROW_NAME = re.compile(r"(?:row|reihe|rang[ée]e|rij|fila|rad|rz[aą]d|řada|पंक्ति)[\s.:_-]*(\S.*)", re.IGNORECASE)
# In distances between seats: how far a row's label is from its end, and another row of the section.
_LABEL_REACH, _SECTION_REACH = 2.6, 2.6
_MAX_ROW_LABEL = 3


@dataclass
class DrawnSeat:
    """A seat as it is understood; `section_key` and `row_key` tell those of one name apart."""

    mark: Mark
    point: Point
    number: str = ""
    row: str = ""
    section: str = ""
    section_key: Hashable = None
    row_key: Hashable = None


@dataclass
class DrawnRow:
    seats: list[DrawnSeat] = field(default_factory=list)
    is_table: bool = False


def merge_overlapping(marks: Sequence[Mark]) -> list[Mark]:
    """Keep the largest of shapes upon each other, which together are one seat, in the order of the file."""
    largest = max(map(size_of, marks), default=0)
    grid = Grid(largest or 1)
    kept = []
    for index in sorted(range(len(marks)), key=lambda index: -size_of(marks[index])):
        x, y = marks[index].center
        near = size_of(marks[index]) / 2
        if not any(square < near * near for _other, square in grid.near(x, y)):
            grid.add(index, x, y)
            kept.append(index)
    return [marks[index] for index in sorted(kept)]


def name_seats(
    seats: list[DrawnSeat], words: list[Word], choices: Choices, pitch: float
) -> tuple[list[DrawnRow], set[int]]:
    """Give every seat its section, row and number; return the rows, and the ids of the words that were used."""
    used = _number_by_words(seats, words)
    _read_groups(seats, pitch)
    _read_names(seats)
    rows = _rows_of_groups(seats)
    rows += _rows_by_place(seats, [word for word in words if id(word) not in used], used, choices, pitch)
    for row in rows:
        _number(row, choices)
    return rows, used


def _number_by_words(seats: list[DrawnSeat], words: list[Word]) -> set[int]:
    """Take numbers written in seats."""
    used: set[int] = set()
    if not seats:
        return used
    reach = max(size_of(seat.mark) for seat in seats) / 2
    grid = Grid(reach)
    for index, seat in enumerate(seats):
        seat.number = seat.mark.data.get("number", "")[:MAX_NUMBER]
        grid.add(index, *seat.point)
    for word in words:
        near = [(square, index) for index, square in grid.near(*word.center) if square <= reach * reach]
        if near and len(word.text) <= MAX_NUMBER:
            used.add(id(word))
            seat = seats[min(near)[1]]
            seat.number = seat.number or word.text
    return used


def _read_groups(seats: list[DrawnSeat], pitch: float) -> None:
    """Read sections and rows from groups: those that say so, or else the names of the innermost two."""
    counts = Counter(group.key for seat in seats for group in seat.mark.groups)
    members: dict[int, list[DrawnSeat]] = defaultdict(list)
    for seat in seats:
        named = [group for group in seat.mark.groups if not group.kind and 1 < counts[group.key] < len(seats)]
        if named:
            members[named[-1].key].append(seat)
    is_row = {
        key: bool(_ROW_NAME.fullmatch(_named(inside, key).name)) or _is_one_row(inside, pitch)
        for key, inside in members.items()
    }
    for seat in seats:
        section = row = None
        for group in seat.mark.groups:
            section = group if group.kind == "section" else section
            row = group if group.kind == "row" else row
        named = [group for group in seat.mark.groups if not group.kind and 1 < counts[group.key] < len(seats)]
        if named and row is None and is_row.get(named[-1].key):
            row = named.pop()
        if named and section is None:
            section = named[-1]
        if "row" in seat.mark.data:
            seat.row, seat.row_key = seat.mark.data["row"], ("row", seat.mark.data["row"])
        elif row is not None:
            match = None if row.kind else _ROW_NAME.fullmatch(row.name)
            seat.row, seat.row_key = (match[1] if match else row.name)[:MAX_ROW], row.key
        if "section" in seat.mark.data:
            seat.section = seat.section_key = seat.mark.data["section"]
        elif section is not None:
            seat.section, seat.section_key = section.name, section.key


def _named(seats: list[DrawnSeat], key: int) -> Group:
    return next(group for group in seats[0].mark.groups if group.key == key)


def _is_one_row(seats: list[DrawnSeat], pitch: float) -> bool:
    rows = find_rows([seat.point for seat in seats], pitch)
    return len(rows) == 1 and not rows[0].is_ring


def _read_names(seats: list[DrawnSeat]) -> None:
    """Read rows and numbers from the names of the seats themselves: A-12."""
    names = [_name_of(seat) for seat in seats]
    matches = [_SEAT_NAME.fullmatch(name) if name else None for name in names]
    if sum(match is not None for match in matches) < len(seats) * _MOST:
        return
    for seat, match in zip(seats, matches, strict=True):
        if match is None:
            continue
        seat.number = seat.number or match[2]
        if match[1] and seat.row_key is None:
            seat.row, seat.row_key = match[1], ("name", match[1])


def _name_of(seat: DrawnSeat) -> str:
    return "" if "seat" in seat.mark.data else seat.mark.name


def _rows_of_groups(seats: list[DrawnSeat]) -> list[DrawnRow]:
    rows: dict[Hashable, DrawnRow] = {}
    for seat in seats:
        if seat.row_key is not None:
            row = rows.setdefault((seat.section_key, seat.row_key), DrawnRow())
            row.seats.append(seat)
            row.is_table = row.is_table or any(group.data.get("table") == "true" for group in seat.mark.groups)
    return list(rows.values())


def _rows_by_place(
    seats: list[DrawnSeat], words: list[Word], used: set[int], choices: Choices, pitch: float
) -> list[DrawnRow]:
    """Find the rows of seats that nothing names, section by section, and name them from front to rear."""
    loose: dict[Hashable, list[DrawnSeat]] = defaultdict(list)
    for seat in seats:
        if seat.row_key is None:
            loose[seat.section_key].append(seat)
    labels = Grid(pitch * _LABEL_REACH)
    for index, word in enumerate(words):
        if len(word.text) <= _MAX_ROW_LABEL:
            labels.add(index, *word.center)
    made = []
    for key, members in loose.items():
        found = find_rows([seat.point for seat in members], pitch)
        parts = [found] if key is not None else _split_sections([seat.point for seat in members], found, pitch)
        for number, part in enumerate(parts):
            rows = [DrawnRow([members[index] for index in row.seats], row.is_ring) for row in part]
            rows.sort(key=lambda row: fmean(choices.stage.turn(*seat.point)[1] for seat in row.seats))
            names = _name_rows(rows, words, labels, used, choices)
            for place, (row, name) in enumerate(zip(rows, names, strict=True)):
                for seat in row.seats:
                    seat.row, seat.row_key = name, ("place", place)
                    if key is None:
                        seat.section_key = ("part", number)
            made += rows
    return made


def _ends(row: DrawnRow) -> list[tuple[Point, Point]]:
    """Return the row's first and last seat, each with the one beside it."""
    points = [seat.point for seat in row.seats]
    return [(points[0], points[min(1, len(points) - 1)]), (points[-1], points[-2 if len(points) > 1 else 0])]


def _name_rows(rows: list[DrawnRow], words: list[Word], labels: Grid, used: set[int], choices: Choices) -> list[str]:
    """Return the label written at an end of each row, or else a letter or number by its place."""
    written = []
    for row in rows:
        near = [
            (square, index)
            for end, inner in _ends(row)
            for index, square in labels.near(*end)
            if id(words[index]) not in used and is_ahead(inner, end, words[index].center)
        ]
        texts = [words[index] for _square, index in sorted(near)]
        written.append(texts[0].text if texts else "")
        used.update(id(word) for word in texts if word.text == written[-1])
    start = "1" if choices.row_names == RowNames.NUMBERS else "A"
    made = iter([label for label in row_labels(len(rows) * 2, start=start) if label not in written])
    return [label or next(made) for label in written]


def _split_sections(points: list[Point], rows: list[FoundRow], pitch: float) -> list[list[FoundRow]]:
    """Return the rows of each part of the room: those that are near one another."""
    row_of = {index: number for number, row in enumerate(rows) for index in row.seats}
    part_of = list(range(len(rows)))

    def part(number: int) -> int:
        while part_of[number] != number:
            part_of[number] = part_of[part_of[number]]
            number = part_of[number]
        return number

    reach = pitch * _SECTION_REACH
    grid = Grid(reach)
    for index, (x, y) in enumerate(points):
        for other, square in grid.near(x, y):
            if square <= reach * reach:
                part_of[part(row_of[index])] = part(row_of[other])
        grid.add(index, x, y)
    parts: dict[int, list[FoundRow]] = defaultdict(list)
    for number, row in enumerate(rows):
        parts[part(number)].append(row)
    return sorted(parts.values(), key=lambda found: bounds([points[i] for row in found for i in row.seats])[1::-1])


def _number(row: DrawnRow, choices: Choices) -> None:
    """Order a row as the audience sees it, and number the seats that have no number."""
    if not row.is_table:
        turned = [choices.stage.turn(*seat.point) for seat in row.seats]
        left, top, right, bottom = bounds(turned)
        axis = 0 if right - left >= bottom - top else 1
        if not all(seat.mark.data.get("number") for seat in row.seats):
            row.seats.sort(key=lambda seat: choices.stage.turn(*seat.point)[axis])
    if any(seat.number for seat in row.seats):
        taken = {seat.number for seat in row.seats}
        free = (str(number) for number in range(1, 10_000) if str(number) not in taken)
        for seat in row.seats:
            seat.number = seat.number or next(free)
        return
    for number, seat in enumerate(reversed(row.seats) if choices.is_from_right else row.seats, start=1):
        seat.number = str(number)


def name_sections(seats: Iterable[DrawnSeat], words: list[Word], used: set[int], name: str, pitch: float) -> None:
    """Name the parts of a room that no group names by words near them, or else by number; a single part not at all."""
    parts: dict[Hashable, list[DrawnSeat]] = defaultdict(list)
    for seat in seats:
        parts[seat.section_key].append(seat)
    unnamed = {key: members for key, members in parts.items() if not members[0].section and isinstance(key, tuple)}
    boxes = {key: bounds([seat.point for seat in members]) for key, members in unnamed.items()}
    pairs = []
    for word in words:
        if id(word) in used or len(word.text) < 3:  # noqa: PLR2004 (shorter ones are rows or numbers)
            continue
        for key, (left, top, right, bottom) in boxes.items():
            x, y = word.center
            away = max(left - x, 0, x - right) + max(top - y, 0, y - bottom)
            if away <= pitch * 4:
                pairs.append((away, id(word), key, word))
    named: dict[Hashable, str] = {}
    for _away, _id, key, word in sorted(pairs, key=lambda pair: pair[:2]):
        if key not in named and id(word) not in used:
            named[key] = word.text[:80]
            used.add(id(word))
    for number, (key, members) in enumerate(unnamed.items(), start=1):
        for seat in members:
            seat.section = named.get(key, name % number if len(parts) > 1 else "")
