"""The parts on one side of the stage: one line behind the other, in each line one part beside the other.

A stand is drawn with the stage above it, and turned to where it belongs.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from copy import deepcopy
from typing import Any, Literal

from theaters.seat_maps.arrange import SEAT_PITCH
from theaters.seat_maps.complete import points_of
from theaters.seat_maps.generate.parts import draw_boxes, draw_boxes_around, draw_part
from theaters.seat_maps.generate.room import Boxes, Part
from theaters.seat_maps.generate.skyline import Skyline
from theaters.seat_maps.geometry import Point, bounds

Document = dict[str, Any]
Direction = Literal["front", "left", "right", "beyond"]
Box = tuple[float, float, float, float]

# Between two parts, for the name of the one behind, and for the row labels of those side by side.
PART_GAP = 72.0
SIDE_GAP = 64.0
BOX_DISTANCE = 56.0
LEAST_STAGE = 160.0
# By how many quarters a stand is turned clockwise, so that it looks at the stage in the middle.
_QUARTERS: dict[Direction, int] = {"front": 0, "left": 1, "beyond": 2, "right": 3}


class Stand:
    """Parts in the order in which they were added, around x = 0 and from y = 0 backwards."""

    def __init__(self) -> None:
        self.zones: list[Document] = []
        self.points: list[Point] = []
        self._skyline = Skyline()
        # What is in front of the latest line, where that line begins, and how far it reaches to both sides.
        self._before = self._skyline
        self._line: tuple[float, float, float] | None = None

    def add(self, part: Part) -> Document:
        """Draw a part behind all others or beside those of the latest line, and return its zone."""
        if isinstance(part, Boxes):
            zone = self._add_boxes(part)
        else:
            zone = draw_part(part)
            zone["position"] = {"x": 0, "y": 0}
            if part.place in {"left", "right"} and self._line is not None:
                self._put_beside(zone, part.place, *self._line)
            else:
                self._put_behind(zone)
        points = outline_of(zone)
        self._skyline.add(points)
        self.points += points
        self.zones.append(zone)
        if isinstance(part, Boxes):
            # Boxes reach around the line, so that what is beside it is beside them.
            left, _top, right, _bottom = bounds(points)
            y, line_left, line_right = self._line or (0.0, left, right)
            self._line = y, min(left, line_left), max(right, line_right)
        return zone

    @property
    def box(self) -> Box:
        """Return left, top, right and bottom of everything in the stand."""
        return bounds(self.points) if self.points else (0.0, 0.0, 0.0, 0.0)

    def turn_to(
        self, direction: Direction, middle: Point, taken: Sequence[Point], *, edge: Sequence[Point], gap: float
    ) -> None:
        """Turn the stand to a stage around that point, as near to its edge and to what is taken as it can be."""
        quarters = _QUARTERS[direction]

        def unturned(points: Sequence[Point]) -> list[Point]:
            return [_turned(x - middle[0], y - middle[1], -quarters % 4) for x, y in points]

        before = Skyline()
        before.add(unturned(taken))
        distance = max(y for _x, y in unturned(edge)) + gap - self.box[1]
        distance = max(distance, before.clear(self.points, PART_GAP))
        x, y = _turned(0, distance, quarters)
        for zone in self.zones:
            _turn([zone, *zone["rows"], *(seat for row in zone["rows"] for seat in row["seats"])], quarters)
            for area in zone.get("areas", []):
                _turn_area(area, quarters)
            position = zone["position"]
            zone["position"] = {"x": position["x"] + x + middle[0], "y": position["y"] + y + middle[1]}
        self.points = [point for zone in self.zones for point in outline_of(zone)]

    def _put_behind(self, zone: Document) -> None:
        self._before = deepcopy(self._skyline)
        y = self._skyline.clear(outline_of(zone), PART_GAP)
        zone["position"]["y"] = y
        left, _top, right, _bottom = bounds(outline_of(zone))
        self._line = y, left, right

    def _put_beside(self, zone: Document, place: str, y: float, left: float, right: float) -> None:
        own_left, _top, own_right, _bottom = bounds(outline_of(zone))
        x = left - SIDE_GAP - own_right if place == "left" else right + SIDE_GAP - own_left
        zone["position"]["x"] = round(x, 2)
        zone["position"]["y"] = max(y, self._before.clear(outline_of(zone), PART_GAP))
        self._line = y, min(left, x + own_left), max(right, x + own_right)

    def _add_boxes(self, part: Boxes) -> Document:
        left, top, right, _bottom = self.box
        inner = max(-left, right, LEAST_STAGE / 2) + BOX_DISTANCE
        if part.bend:
            return draw_boxes_around(part, self.points or [(0.0, 0.0)], BOX_DISTANCE)
        # Beside everything so far, from its front backwards.
        zone = draw_boxes(part, inner)
        zone["position"] = {"x": 0, "y": top}
        return zone


def outline_of(zone: Document) -> list[Point]:
    """Return where a zone's seats and the edges of its areas are, close enough for the skyline's columns."""
    zx, zy = zone["position"]["x"], zone["position"]["y"]
    points = [(zx + x, zy + y) for x, y in points_of({**zone, "areas": []})]
    for area in zone.get("areas", []):
        left, top, right, bottom = bounds(points_of({"areas": [area]}))
        points += [(zx + x, zy + y) for x in _steps(left, right) for y in (top, bottom)]
        points += [(zx + x, zy + y) for x in (left, right) for y in _steps(top, bottom)]
    return points


def _steps(start: float, end: float) -> list[float]:
    count = int((end - start) // SEAT_PITCH) + 1
    return [start + step * (end - start) / count for step in range(count + 1)]


def _turned(x: float, y: float, quarters: int) -> Point:
    for _quarter in range(quarters):
        x, y = -y, x
    return x, y


def _turn(items: Iterable[Document], quarters: int) -> None:
    for item in items:
        x, y = _turned(item["position"]["x"], item["position"]["y"], quarters)
        item["position"] = {"x": x, "y": y}


def _turn_area(area: Document, quarters: int) -> None:
    """Turn an area without a rotation of its own, so that its words stay upright."""
    left, top, right, bottom = bounds(points_of({"areas": [area]}))
    if area["shape"] != "rectangle":
        _turn([area], quarters)
        return
    corners = [_turned(left, top, quarters), _turned(right, bottom, quarters)]
    left, top, right, bottom = bounds(corners)
    area["position"] = {"x": left, "y": top}
    area["rectangle"] = {"width": right - left, "height": bottom - top}
    if "text" in area:
        area["text"]["position"] = {"x": (right - left) / 2, "y": (bottom - top) / 2}
