"""A drawing understood as a seating plan."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Hashable
from dataclasses import dataclass, replace
from statistics import fmean
from typing import Any, NamedTuple

from django.utils.translation import gettext, ngettext

from theaters.seat_maps.complete import extension_of
from theaters.seat_maps.json_format import parse_document
from theaters.seat_maps.layout import MAX_SEATS, SEAT_FLAGS, Layout, read_layout
from theaters.seat_maps.problems import InvalidSeatMap, Problem
from theaters.seat_maps.stage import STAGE_WORDS, Side, nearest_side
from theaters.seat_maps.svg.areas import (
    free_words,
    is_inside,
    label,
    large_shapes,
    marked_areas,
    sold_by_itself,
)
from theaters.seat_maps.svg.choices import Choices, layer_of, may_be_seat, seat_marks, size_of, suggest
from theaters.seat_maps.svg.read import Drawing, Group
from theaters.seat_maps.svg.rows import usual_distance
from theaters.seat_maps.svg.seats import DrawnRow, DrawnSeat, merge_overlapping, name_seats, name_sections

# A plan whose seats are nearer or farther than this is brought to the usual distance.
_MIN_PITCH, _USUAL_PITCH, _MAX_PITCH = 4, 20, 200
# In sizes of a seat: neighbors are nearer.
_REACH = 4


@dataclass(frozen=True)
class Understood:
    layout: Layout
    choices: Choices
    # Shapes of a size and form that may be seats, by color.
    colors: Counter[str]
    layers: Counter[str]


def suggest_choices(drawing: Drawing) -> Choices:
    """Return what is supposed at first; the stage is where a word or shape says so."""
    choices = suggest(drawing, gettext("Category %d"))
    if "stage" in drawing.data:
        return choices
    names = [(word.text, word.center) for word in drawing.words] + [(mark.name, mark.center) for mark in drawing.marks]
    stage = next((center for name, center in names if name.casefold() in STAGE_WORDS), None)
    seats = [_Place(*mark.center) for mark in seat_marks(drawing, choices)]
    if stage is None or not seats:
        return choices
    return replace(choices, stage=nearest_side({"kind": "text", "x": stage[0], "y": stage[1]}, seats))


class _Place(NamedTuple):
    x: float
    y: float


def make_document(drawing: Drawing, choices: Choices) -> dict[str, Any]:
    """Return the seating plan that a drawing shows. Raises `InvalidSeatMap` for too many seats."""
    marks = merge_overlapping(seat_marks(drawing, choices))
    if len(marks) > MAX_SEATS:
        raise InvalidSeatMap([Problem("too-many-seats", gettext("The plan has more than %d seats.") % MAX_SEATS)])
    seats = [DrawnSeat(mark, mark.center) for mark in marks]
    size = max(map(size_of, marks), default=0)
    pitch = usual_distance([seat.point for seat in seats], (size or 1) * _REACH)
    rows, used = name_seats(seats, drawing.words, choices, pitch)
    name_sections(seats, _near_words(drawing), used, gettext("Part %d"), pitch)
    zones = _zones(rows, seats, drawing, choices)
    categories = _categories(seats, drawing, choices)
    _add_areas(zones, drawing, seats, used, choices)
    document = {
        **read_more(drawing.data),
        "name": drawing.name[:80],
        "categories": categories,
        "zones": list(zones.values()),
    }
    if "stage" in drawing.data or choices.stage != Side.TOP:
        document["marquee"] = {**extension_of(document), "stage": choices.stage.value}
    if len(seats) > 1 and not _MIN_PITCH <= pitch <= _MAX_PITCH:
        _scale(document["zones"], _USUAL_PITCH / pitch)
    return document


def read_more(data: dict[str, str]) -> dict[str, Any]:
    """Return what `data-more` holds; nothing of what can't be read."""
    try:
        return parse_document(data["more"]) if data.get("more") else {}
    except InvalidSeatMap:
        return {}


def _near_words(drawing: Drawing) -> list[Any]:
    """Return the words that may name a section: not those of stages, and not those on shapes."""
    return [
        word
        for word in drawing.words
        if word.text.casefold() not in STAGE_WORDS and not any(group.kind in ("area", "shape") for group in word.groups)
    ]


def _category_of(seat: DrawnSeat, drawing: Drawing, choices: Choices) -> str:
    given = seat.mark.data.get("category", "")
    if given:
        return given
    choice = choices.colors.get(seat.mark.color)
    return choice.name if choice else gettext("Category %d") % 1


def _categories(seats: list[DrawnSeat], drawing: Drawing, choices: Choices) -> list[dict[str, Any]]:
    """Return the categories that the drawing names, then those of colors, from the stage to the rear."""
    categories: dict[str, dict[str, Any]] = {}
    for name, color, data in drawing.categories:
        more = read_more(data)
        categories[name] = {**more, "name": name, "color": color}
        if data.get("for-sale") == "false":
            categories[name]["marquee"] = {**extension_of(more), "for_sale": False}
    depths: dict[str, list[float]] = defaultdict(list)
    colors: dict[str, str] = {}
    for seat in seats:
        name = _category_of(seat, drawing, choices)
        depths[name].append(choices.stage.turn(*seat.point)[1])
        colors.setdefault(name, seat.mark.color)
    for name in sorted(depths, key=lambda name: fmean(depths[name])):
        categories.setdefault(name, {"name": name, "color": colors[name]})
    for mark in drawing.marks:
        if "capacity" in mark.data and (name := mark.data.get("category", "") or _first(categories)):
            categories.setdefault(name, {"name": name, "color": mark.color})
    return list(categories.values())


def _first(categories: dict[str, dict[str, Any]]) -> str:
    return next(iter(categories), "")


Zones = dict[Hashable, dict[str, Any]]


def _zones(rows: list[DrawnRow], seats: list[DrawnSeat], drawing: Drawing, choices: Choices) -> Zones:
    order = {id(seat): index for index, seat in enumerate(seats)}
    zones: Zones = {}
    # In the order of the file, those without a seat too.
    for group in drawing.sections:
        zones[group.key] = _zone(group.name, group.data)
    for row in sorted(rows, key=lambda row: min(order[id(seat)] for seat in row.seats)):
        first = row.seats[0]
        groups: dict[Hashable, Group] = {group.key: group for group in first.mark.groups}
        zone = zones.setdefault(first.section_key, _zone(first.section, _data_of(groups.get(first.section_key))))
        more = read_more(_data_of(groups.get(first.row_key)))
        made: dict[str, Any] = {**more, "row_number": first.row, "position": {"x": 0, "y": 0}}
        if row.is_table:
            made["marquee"] = {**extension_of(more), "table": True}
        made["seats"] = [_seat(seat, drawing, choices) for seat in row.seats]
        zone["rows"].append(made)
    return dict(sorted(zones.items(), key=lambda item: _place_in_file(item[0])))


def _place_in_file(key: Hashable) -> tuple[int, int]:
    return (0, key) if isinstance(key, int) else (1, key[1] if isinstance(key, tuple) else 0)


def _data_of(group: Group | None) -> dict[str, str]:
    return group.data if group else {}


def _zone(name: str, data: dict[str, str]) -> dict[str, Any]:
    return {**read_more(data), "name": name, "position": {"x": 0, "y": 0}, "rows": [], "areas": []}


def _seat(seat: DrawnSeat, drawing: Drawing, choices: Choices) -> dict[str, Any]:
    x, y = seat.point
    more = read_more(seat.mark.data)
    made: dict[str, Any] = {
        **more,
        "seat_number": seat.number,
        "category": _category_of(seat, drawing, choices),
        "position": {"x": round(x, 4), "y": round(y, 4)},
    }
    if guid := seat.mark.data.get("seat"):
        made["seat_guid"] = guid
    names = seat.mark.data.get("flags", "").replace("|", " ").lower().split()
    if flags := [flag for flag in SEAT_FLAGS if flag in names]:
        made["marquee"] = {**extension_of(more), **dict.fromkeys(flags, True)}
    return made


def _add_areas(zones: Zones, drawing: Drawing, seats: list[DrawnSeat], used: set[int], choices: Choices) -> None:
    size = max((size_of(seat.mark) for seat in seats), default=0)
    for groups, area in marked_areas(drawing):
        section = next((group for group in reversed(groups) if group.kind == "section"), Group(0, ""))
        zones.setdefault(section.key, _zone(section.name, section.data))["areas"].append(area)
    words = [word for word in drawing.words if id(word) not in used and not _is_of_area(word.groups)]
    others = []
    for mark, area in large_shapes(drawing, [seat.mark for seat in seats], size):
        inside = [word for word in words if is_inside(word, mark)]
        if inside:
            label(area, inside[0])
            words.remove(inside[0])
        elif mark.name:
            area["text"] = {"text": mark.name[:80], "position": {"x": 0, "y": 0}}
        if "capacity" in mark.data:
            name = mark.data.get("category") or next(iter(choices.colors.values())).name if choices.colors else ""
            area["marquee"] = sold_by_itself(mark, name)
        others.append(area)
    others += free_words(words)
    if others:
        zones.setdefault(("others", len(zones)), _zone("", {}))["areas"] += others


def _is_of_area(groups: tuple[Group, ...]) -> bool:
    return any(group.kind in ("area", "shape") for group in groups)


def _scale(value: Any, factor: float) -> None:
    """Bring all positions and sizes to another unit, in place."""
    if isinstance(value, list):
        for item in value:
            _scale(item, factor)
    elif isinstance(value, dict):
        for key, item in value.items():
            if key in ("x", "y", "width", "height", "radius", "size") and isinstance(item, int | float):
                value[key] = round(item * factor, 4)
            else:
                _scale(item, factor)


def understand(drawing: Drawing, choices: Choices) -> Understood:
    """Read a drawing as the choices say. Raises `InvalidSeatMap`."""
    fitting = [
        mark for mark in drawing.marks if may_be_seat(mark) and choices.smallest <= size_of(mark) <= choices.largest
    ]
    return Understood(
        layout=read_layout(make_document(drawing, choices)),
        choices=choices,
        colors=Counter(mark.color for mark in fitting if mark.color),
        layers=Counter(layer for mark in fitting if (layer := layer_of(mark))),
    )


def describe(layout: Layout) -> str:
    """Return how many seats were found, in how many rows and sections."""
    sections = {seat.section for seat in layout.seats}
    rows = {seat.row_key for seat in layout.seats}
    return ", ".join(
        [
            ngettext("%d seat", "%d seats", len(layout.seats)) % len(layout.seats),
            ngettext("%d row", "%d rows", len(rows)) % len(rows),
            ngettext("%d section", "%d sections", len(sections)) % len(sections),
        ]
    )
