"""What is drawn of a seat map besides its seats: shapes, row labels, and the frame around all of it.

Shapes are plain dicts, as pages get them. A shape is identified by its place in the document, an area
for sale by its id among those: editors repeat one id on many shapes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from math import hypot
from statistics import median
from typing import Any, NamedTuple, Protocol

from theaters.seat_maps.complete import MIN_CORNERS, extension_of, is_for_sale, is_number, objects
from theaters.seat_maps.layout import normal_color

# Shapes that tell categories apart without color, best category first.
CATEGORY_MARKS = ("circle", "square", "diamond", "triangle", "hexagon", "star", "cross", "drop")
DEFAULT_PITCH = 20.0
# An area whose file gives it no shape, in seats' widths.
AREA_WIDTH, AREA_HEIGHT, AREA_GAP = 16, 5, 1.5
# In seats' widths: how far the last seat of a ring is from the first at most, and all of them from the middle at
# least; with a label in it.
RING_GAP, RING_RADIUS, ROOMY_RING_RADIUS = 2.1, 0.68, 0.8

Shape = dict[str, Any]


class SeatPoint(Protocol):
    @property
    def x(self) -> float: ...
    @property
    def y(self) -> float: ...


class DrawnShape(NamedTuple):
    guid: str
    is_for_sale: bool
    shape: Shape


def read_shapes(document: Any) -> list[DrawnShape]:
    """Return every shape of a document that can be drawn, with absolute positions, in the order of the file."""
    found = []
    for zone in objects(document, "zones"):
        left, top = _xy(zone.get("position"))
        for area in objects(zone, "areas"):
            if shape := _shape(area, left, top):
                found.append(DrawnShape(str(area.get("uuid") or ""), is_for_sale(area), shape))
    return found


def split_shapes(document: Any, area_guids: Iterable[str]) -> tuple[dict[str, Shape], list[Shape]]:
    """Return the shapes of these areas by id, where they have one, and all other shapes."""
    wanted = set(area_guids)
    of_areas: dict[str, DrawnShape] = {}
    drawn = read_shapes(document)
    for one in sorted(drawn, key=lambda one: not one.is_for_sale):
        if one.guid in wanted and one.guid not in of_areas and _has_extent(one.shape):
            of_areas[one.guid] = one
    chosen = {id(one) for one in of_areas.values()}
    others = [one.shape for one in drawn if id(one) not in chosen]
    return {guid: one.shape for guid, one in of_areas.items()}, others


def place_shapeless(names: Sequence[str], box: Sequence[float], pitch: float) -> list[Shape]:
    """Return rectangles below the drawing for areas without a shape, so that everything for sale is visible."""
    left, bottom = box[0], box[1] + box[3]
    return [
        {
            "kind": "rectangle",
            "x": round(left + pitch, 2),
            "y": round(bottom + index * (AREA_HEIGHT + AREA_GAP) * pitch, 2),
            "rotation": 0,
            "fill": "",
            "stroke": "",
            "width": AREA_WIDTH * pitch,
            "height": AREA_HEIGHT * pitch,
        }
        for index, _name in enumerate(names)
    ]


def _shape(area: dict[str, Any], left: float, top: float) -> Shape | None:
    """Read an area of the open format as far as it can be drawn; bad shapes never refuse a file."""
    x, y = _xy(area.get("position"))
    kind = area.get("shape", "rectangle")
    size = area.get(str(kind))
    size = size if isinstance(size, dict) else {}
    shape: Shape = {
        "kind": kind,
        "x": round(left + x, 2),
        "y": round(top + y, 2),
        "rotation": _number(area.get("rotation")),
        "fill": normal_color(area.get("color")) or "",
        "stroke": normal_color(area.get("border_color")) or "",
    }
    match kind:
        case "rectangle":
            # Older files have width and height on the area itself.
            shape |= {side: _number(size.get(side, area.get(side))) for side in ("width", "height")}
        case "circle" | "ellipse":
            radius = size.get("radius")
            shape["rx"], shape["ry"] = _xy(radius) if isinstance(radius, dict) else (_number(radius),) * 2
        case "polygon":
            shape["points"] = [list(_xy(point)) for point in objects(size, "points")]
        case "text":
            pass
        case _:
            return None
    words = area.get("text")
    words = words if isinstance(words, dict) else {"text": words}
    if isinstance(words.get("text"), str) and words["text"]:
        dx, dy = _xy(words.get("position"))
        shape["text"] = {
            "text": words["text"],
            "x": dx,
            "y": dy,
            "color": normal_color(words.get("color")) or "",
            "size": _number(words.get("size")),
        }
    if kind != "text" and not _has_extent(shape):
        return {**shape, "kind": "text"} if "text" in shape else None
    return shape


def _has_extent(shape: Shape) -> bool:
    match shape["kind"]:
        case "rectangle":
            return bool(shape["width"] > 0 and shape["height"] > 0)
        case "circle" | "ellipse":
            return bool(shape["rx"] > 0 and shape["ry"] > 0)
        case "polygon":
            return len(shape["points"]) >= MIN_CORNERS
    return False


def _number(value: Any) -> float:
    return value if is_number(value) else 0


def _xy(point: Any) -> tuple[float, float]:
    return (_number(point.get("x")), _number(point.get("y"))) if isinstance(point, dict) else (0, 0)


def corners(shape: Shape) -> Iterator[tuple[float, float]]:
    """Yield points that bound the shape, ignoring its rotation."""
    x, y = shape["x"], shape["y"]
    match shape["kind"]:
        case "rectangle":
            yield from ((x, y), (x + shape["width"], y + shape["height"]))
        case "circle" | "ellipse":
            yield from ((x - shape["rx"], y - shape["ry"]), (x + shape["rx"], y + shape["ry"]))
        case "polygon":
            yield from ((x + dx, y + dy) for dx, dy in shape["points"])
        case "stage":
            yield from shape["corners"]
        case _:
            yield x, y


def blocked_seats(document: Any) -> list[list[float]]:
    """Return the positions of seats that are never for sale."""
    blocked = {
        item.get("name") for item in objects(document, "categories") if extension_of(item).get("for_sale") is False
    }
    if not blocked:
        return []
    points = []
    for zone in objects(document, "zones"):
        left, top = _xy(zone.get("position"))
        for row in objects(zone, "rows"):
            dx, dy = _xy(row.get("position"))
            for seat in objects(row, "seats"):
                if seat.get("category") in blocked:
                    x, y = _xy(seat.get("position"))
                    points.append([round(left + dx + x, 2), round(top + dy + y, 2)])
    return points


def usual_pitch(pairs: Iterable[tuple[SeatPoint, SeatPoint]]) -> float:
    """Return the usual distance between the centers of two neighbors."""
    gaps = [((a.x - b.x) ** 2 + (a.y - b.y) ** 2) ** 0.5 for a, b in pairs]
    return round(median(gaps), 2) if gaps and median(gaps) > 0 else DEFAULT_PITCH


def row_marks(seats: Sequence[SeatPoint], pitch: float) -> list[list[float]]:
    """Return where the row's label goes: beyond both of its ends, in the row's own direction.

    At a table it goes once, in its middle or beside it.
    """
    xs, ys = [seat.x for seat in seats], [seat.y for seat in seats]
    if (place := _label_of_ring(seats, pitch)) is not None:
        return [place]
    is_wide = max(xs) - min(xs) >= max(ys) - min(ys)
    points = sorted(((s.x, s.y) for s in seats), key=lambda point: point if is_wide else point[::-1])
    ends = [(points[0], points[1]), (points[-1], points[-2])] if len(points) > 1 else [(points[0], points[0])]
    marks = []
    for (x, y), (inner_x, inner_y) in ends:
        dx, dy = x - inner_x, y - inner_y
        length = (dx * dx + dy * dy) ** 0.5
        dx, dy = (dx / length, dy / length) if length else (-1.0, 0.0)
        marks.append([round(x + dx * pitch, 2), round(y + dy * pitch, 2)])
    return marks


def _label_of_ring(seats: Sequence[SeatPoint], pitch: float) -> list[float] | None:
    """Return the middle of seats that stand around it, from the first to the last beside it; left of a small ring."""
    x, y = (sum(getattr(seat, axis) for seat in seats) / len(seats) for axis in ("x", "y"))
    first, last = seats[0], seats[-1]
    inside = min(hypot(seat.x - x, seat.y - y) for seat in seats)
    if len(seats) == 1 or inside < pitch * RING_RADIUS:
        return None
    if hypot(first.x - last.x, first.y - last.y) > pitch * RING_GAP:
        return None
    has_room = inside >= pitch * ROOMY_RING_RADIUS
    return [round(x if has_room else min(seat.x for seat in seats) - pitch, 2), round(y, 2)]


def frame(points: Sequence[Sequence[float]], margin: float) -> list[float]:
    """Return x, y, width and height of a box around the points."""
    if not points:
        return [0.0, 0.0, 100.0, 100.0]
    xs, ys = [point[0] for point in points], [point[1] for point in points]
    left, top = min(xs) - margin, min(ys) - margin
    return [round(side, 2) for side in (left, top, max(xs) + margin - left, max(ys) + margin - top)]


def neighbors(seats: Iterable[Any]) -> Iterator[tuple[Any, Any]]:
    """Yield pairs of neighbors: seats side by side in a run."""
    for a, b in pairwise(seats):
        if a.run == b.run and b.position - a.position == 1:
            yield a, b
