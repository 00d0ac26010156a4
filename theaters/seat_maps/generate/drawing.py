"""Draws a described room: its parts one behind the other, with the stage in front."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext

from theaters.seat_maps.arrange import BLOCK_STEP, SEAT_PITCH, seat_numbers
from theaters.seat_maps.complete import PLAN_MARGIN, points_of
from theaters.seat_maps.generate.parts import draw_boxes, draw_part
from theaters.seat_maps.generate.room import MAX_GENERATED_SEATS, Boxes, ImpossibleRoom, Part, Room, Rows
from theaters.seat_maps.generate.skyline import Skyline
from theaters.seat_maps.geometry import Point, bounds
from theaters.seat_maps.layout import CATEGORY_COLORS, MAX_SEATS_IN_ROW

Document = dict[str, Any]

# Between two parts, for the name of the one behind.
PART_GAP = 72.0
_BOX_DISTANCE = 56.0
_STAGE_GAP = 48.0
_STAGE_DEPTHS = {"stage": 64.0, "screen": 22.0}
_STAGE_COLORS = {"color": "#3a3633", "border_color": "#3a3633"}
_LEAST_STAGE = 160.0
_LARGEST_STAGE = 900.0


def draw_room(room: Room) -> Document:
    """Return the room as an open seating plan. Raises `ImpossibleRoom` for what can't be drawn."""
    _require_possible(room)
    skyline = Skyline()
    placed: list[Point] = []
    zones = []
    for part in room.parts:
        zone = _place(part, skyline, placed)
        zones.append(zone)
        skyline.add(points := _points(zone))
        placed += points
    if room.front != "none":
        stage = _draw_stage(room, placed, _points(zones[0]))
        placed += _points(stage)
        zones.append(stage)
    left, top, _right, _bottom = bounds(placed)
    for zone in zones:
        position = zone["position"]
        zone["position"] = {
            "x": round(position["x"] - left + PLAN_MARGIN, 2),
            "y": round(position["y"] - top + PLAN_MARGIN, 2),
        }
    return {
        "name": room.name,
        "categories": [
            {"name": name, "color": CATEGORY_COLORS[index % len(CATEGORY_COLORS)]}
            for index, name in enumerate(room.categories)
        ],
        "zones": zones,
        "marquee": {"stage": "top"},
    }


def _place(part: Part, skyline: Skyline, placed: list[Point]) -> Document:
    if isinstance(part, Boxes):
        # Beside everything so far, from its front backwards.
        left, top, right, _bottom = bounds(placed) if placed else (0.0, 0.0, 0.0, 0.0)
        zone = draw_boxes(part, max(-left, right, _LEAST_STAGE / 2) + _BOX_DISTANCE)
        zone["position"] = {"x": 0, "y": top}
    else:
        zone = draw_part(part)
        zone["position"] = {"x": 0, "y": 0}
        zone["position"]["y"] = skyline.clear(_points(zone), PART_GAP)
    return zone


def _points(zone: Document) -> list[Point]:
    """Return where a zone's seats and the edges of its areas are, close enough for the skyline's columns."""
    zx, zy = zone["position"]["x"], zone["position"]["y"]
    points = [(zx + x, zy + y) for x, y in points_of({**zone, "areas": []})]
    for area in zone.get("areas", []):
        left, top, right, bottom = bounds(points_of({"areas": [area]}))
        steps = int((right - left) // SEAT_PITCH) + 1
        columns = [left + step * (right - left) / steps for step in range(steps + 1)]
        points += [(zx + x, zy + y) for x in columns for y in (top, bottom)]
    return points


def _draw_stage(room: Room, placed: list[Point], front: list[Point]) -> Document:
    """Return the stage in front of all seats that are not beside it."""
    left, _top, right, _bottom = bounds(front)
    width = min(max((right - left) * 0.8, _LEAST_STAGE), _LARGEST_STAGE)
    depth = _STAGE_DEPTHS[room.front]
    behind = [y for x, y in placed if abs(x) <= width / 2 + SEAT_PITCH * 1.5]
    rear = min(behind, default=0.0) - _STAGE_GAP
    area = {
        "uuid": "stage",
        "shape": "rectangle",
        "position": {"x": round(-width / 2, 2), "y": round(rear - depth, 2)},
        "rectangle": {"width": round(width, 2), "height": depth},
        "text": {
            "text": room.front_label,
            "position": {"x": round(width / 2, 2), "y": depth / 2},
            "color": "#ffffff",
            "size": 16,
        },
        **_STAGE_COLORS,
    }
    return {"name": "", "position": {"x": 0, "y": 0}, "rows": [], "areas": [area]}


def _require_possible(room: Room) -> None:
    if room.seat_count > MAX_GENERATED_SEATS:
        message = gettext("These are %(count)d seats; a map drawn here has at most %(limit)d. Upload it as a file.")
        numbers = {"count": room.seat_count, "limit": MAX_GENERATED_SEATS}
        largest = max(range(len(room.parts)), key=lambda index: room.parts[index].seat_count)
        raise ImpossibleRoom(largest, "", message % numbers)
    for index, part in enumerate(room.parts):
        if isinstance(part, Rows):
            _require_possible_rows(part, index)


def _require_possible_rows(part: Rows, index: int) -> None:
    labels = set()
    for row in part.rows:
        if row.seat_count > MAX_SEATS_IN_ROW:
            message = gettext("The row has %(count)d seats; at most %(limit)d are possible.")
            numbers = {"count": row.seat_count, "limit": MAX_SEATS_IN_ROW}
            raise ImpossibleRoom(index, "rows", message % numbers)
        if row.label in labels:
            raise ImpossibleRoom(index, "rows", gettext("There is a second row %s.") % row.label)
        labels.add(row.label)
        if part.numbering == "hundreds by block" and max(row.blocks) >= BLOCK_STEP:
            message = gettext("A block of 100 seats or more can’t be numbered in hundreds.")
            raise ImpossibleRoom(index, "numbering", message)
    known = {
        (row.label, number)
        for row in part.rows
        if row.label in {label for label, _number in part.wheelchair_places}
        for number in seat_numbers(row.blocks, part.numbering)
    }
    for label, number in part.wheelchair_places:
        if (label, number) not in known:
            message = gettext("There is no seat %(number)s in a row %(row)s.")
            raise ImpossibleRoom(index, "wheelchair_places", message % {"row": label, "number": number})
