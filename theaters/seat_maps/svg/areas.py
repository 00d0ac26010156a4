"""Large shapes and words of a drawing as areas of the open format: a stage, a bar, a standing floor."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from math import atan2, cos, degrees, hypot, radians, sin
from typing import Any

from fontTools.misc.transform import Transform

from theaters.seat_maps.geometry import Point, bounds
from theaters.seat_maps.svg.colors import read_color
from theaters.seat_maps.svg.read import Drawing, Group, Mark, Word

# More are a picture, not a plan.
MAX_SHAPES, MAX_WORDS = 300, 100
MAX_CORNERS = 200
MAX_TEXT = 80
# A shape that covers so much of the drawing is its background.
_BACKGROUND = 0.9
# In sizes of a seat.
_LARGE = 2.5
_MIN_LETTERS = 3

Area = dict[str, Any]


def marked_areas(drawing: Drawing) -> Iterator[tuple[tuple[Group, ...], Area]]:
    """Yield the areas that the drawing names itself, with the groups around each."""
    outlines: dict[int, Mark] = {}
    labels: dict[int, Word] = {}
    for mark in drawing.marks:
        if mark.groups and mark.groups[-1].kind in ("area", "shape"):
            outlines.setdefault(mark.groups[-1].key, mark)
    for word in drawing.words:
        if word.groups and word.groups[-1].kind in ("area", "shape"):
            labels.setdefault(word.groups[-1].key, word)
    for *around, group in drawing.areas:
        area: Area = {}
        if group.key in outlines:
            area = _placed(outlines[group.key])
        elif group.key in labels:
            area = _only_text(labels[group.key])
        if group.key in labels:
            area["text"] = _own_text(labels[group.key])
        if group.name:
            area["uuid"] = group.name
        if group.kind == "area":
            area["marquee"] = _sold(group.data)
        yield tuple(around), area


def large_shapes(drawing: Drawing, seats: Iterable[Mark], seat_size: float) -> Iterator[tuple[Mark, Area]]:
    """Yield large shapes that are no seats, with the words in them."""
    taken = {id(mark) for mark in seats}
    everything = [point for mark in drawing.marks for point in mark.points]
    left, top, right, bottom = bounds(everything) if everything else (0, 0, 0, 0)
    shapes = [
        mark
        for mark in drawing.marks
        if id(mark) not in taken
        and not any(group.kind in ("area", "shape") for group in mark.groups)
        and ("capacity" in mark.data or min(mark.width, mark.height) > seat_size * _LARGE)
        and (mark.width < (right - left) * _BACKGROUND or mark.height < (bottom - top) * _BACKGROUND)
    ]
    for mark in sorted(shapes, key=lambda mark: -mark.width * mark.height)[:MAX_SHAPES]:
        area = _placed(mark)
        if color := read_color(mark.color):
            area["color"] = color
        yield mark, area


def is_inside(word: Word, mark: Mark) -> bool:
    return abs(word.center[0] - mark.center[0]) <= mark.width / 2 and abs(word.center[1] - mark.center[1]) <= (
        mark.height / 2
    )


def label(area: Area, word: Word) -> None:
    """Write a word into an area, around its place in the drawing."""
    x, y = _within(area, word.center)
    area["text"] = {"text": word.text[:MAX_TEXT], "position": {"x": x, "y": y}, "size": round(word.size, 2)}


def free_words(words: Iterable[Word]) -> Iterator[Area]:
    """Yield words that belong to nothing else as texts upon the plan."""
    for count, word in enumerate(word for word in words if len(word.text) >= _MIN_LETTERS):
        if count == MAX_WORDS:
            return
        x, y = word.center
        area: Area = {"shape": "text", "text": {}, "position": {"x": round(x, 4), "y": round(y, 4)}}
        label(area, word)
        yield area


def _sold(data: dict[str, str]) -> dict[str, Any]:
    capacity = data.get("capacity", "")
    sold: dict[str, Any] = {"name": data.get("name", ""), "category": data.get("category", "")}
    if capacity.isascii() and capacity.isdigit() and len(capacity) < 8:  # noqa: PLR2004 (a million, and no more)
        sold["capacity"] = int(capacity)
    return sold


def sold_by_itself(mark: Mark, category: str) -> dict[str, Any]:
    """Return what makes a shape with `data-capacity` an area for sale."""
    return _sold({"name": mark.name, "category": category, **mark.data})


def _parts(matrix: Transform) -> tuple[float, float, float] | None:
    """Return scales and rotation of a matrix that neither mirrors nor skews."""
    a, b, c, d, _x, _y = matrix
    sx, sy = hypot(a, b), hypot(c, d)
    if a * d - b * c <= 0 or abs(a * c + b * d) > 1e-6 * sx * sy:
        return None
    return sx, sy, degrees(atan2(b, a))


def _placed(mark: Mark) -> Area:
    """Return a shape with its position, size and rotation."""
    parts = _parts(mark.matrix)
    area: Area = {"shape": mark.kind}
    if parts is None:
        parts, origin = (1, 1, 0), (0.0, 0.0)
        area["shape"] = "polygon"
    else:
        origin = mark.matrix[4], mark.matrix[5]
    sx, sy, rotation = parts
    area["position"] = {"x": round(origin[0], 4), "y": round(origin[1], 4)}
    if abs(rotation) > 1e-6:  # noqa: PLR2004
        area["rotation"] = round(rotation, 6)
    first, second = mark.size[0] * sx, mark.size[1] * sy
    match area["shape"]:
        case "rectangle":
            area["rectangle"] = {"width": round(first, 4), "height": round(second, 4)}
        case "circle" if abs(first - second) < 1e-6 * first:
            area["circle"] = {"radius": round(first, 4)}
        case "circle" | "ellipse":
            area["shape"] = "ellipse"
            area["ellipse"] = {"radius": {"x": round(first, 4), "y": round(second, 4)}}
        case _:
            points = mark.points[:: len(mark.points) // MAX_CORNERS + 1]
            area["polygon"] = {"points": [dict(zip("xy", _within(area, point), strict=True)) for point in points]}
    for key, value in (("color", mark.look.fill), ("border_color", mark.look.stroke)):
        if color := read_color(value):
            area[key] = color
    return area


def _within(area: Area, point: Point) -> Point:
    """Return a point counted from an area's position, in its own direction."""
    x, y = point[0] - area["position"]["x"], point[1] - area["position"]["y"]
    angle = radians(-area.get("rotation", 0))
    return round(x * cos(angle) - y * sin(angle), 4), round(x * sin(angle) + y * cos(angle), 4)


def _only_text(word: Word) -> Area:
    _sx, _sy, rotation = _parts(word.matrix) or (1, 1, 0)
    area: Area = {"shape": "text", "position": {"x": round(word.matrix[4], 4), "y": round(word.matrix[5], 4)}}
    if abs(rotation) > 1e-6:  # noqa: PLR2004
        area["rotation"] = round(rotation, 6)
    return area


def _own_text(word: Word) -> dict[str, Any]:
    """Return the label that a drawing of ours gives a shape, as its document had it."""
    text: dict[str, Any] = {"text": word.text[:MAX_TEXT], "position": {"x": word.start[0], "y": word.start[1]}}
    if "usual-size" not in word.data:
        text["size"] = word.look.size
    if "usual-color" not in word.data and (color := read_color(word.look.fill)):
        text["color"] = color
    return text
