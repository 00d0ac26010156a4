"""Draws a described room: its parts one behind the other or side by side, with the stage in front or in the middle."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext

from theaters.seat_maps.arrange import BLOCK_STEP, SEAT_PITCH, seat_numbers
from theaters.seat_maps.complete import PLAN_MARGIN, points_of
from theaters.seat_maps.generate.room import MAX_GENERATED_SEATS, ImpossibleRoom, Place, Room, Rows
from theaters.seat_maps.generate.stands import LEAST_STAGE, Direction, Stand, outline_of
from theaters.seat_maps.geometry import bounds
from theaters.seat_maps.layout import CATEGORY_COLORS, MAX_SEATS_IN_ROW

Document = dict[str, Any]

_STAGE_GAP = 48.0
_STAGE_DEPTHS = {"stage": 64.0, "screen": 22.0, "none": 64.0}
_STAGE_COLORS = {"color": "#3a3633", "border_color": "#3a3633"}
_LARGEST_STAGE = 900.0
_AROUND: Sequence[Direction] = ("beyond", "left", "right")
_SIDES: Mapping[Place, Direction] = {"stage left": "left", "stage right": "right", "beyond": "beyond"}


def draw_room(room: Room) -> Document:
    """Return the room as an open seating plan. Raises `ImpossibleRoom` for what can't be drawn."""
    _require_possible(room)
    stands: dict[Direction, Stand] = {"front": Stand()}
    current: Direction = "front"
    zones = []
    for index, part in enumerate(room.parts):
        if index:
            current = _SIDES.get(part.place, current)
        zones.append(stands.setdefault(current, Stand()).add(part))
    stage = _draw_stage(room, stands)
    _put_around(stands, stage)
    if room.front != "none":
        zones.append(stage)
    left, top, _right, _bottom = bounds([point for zone in zones for point in outline_of(zone)])
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


def _draw_stage(room: Room, stands: Mapping[Direction, Stand]) -> Document:
    """Return the stage in front of all seats that are not beside it. In the middle it is as deep as they are wide."""
    front = stands["front"]
    left, _top, right, _bottom = bounds(outline_of(front.zones[0]))
    width = min(max((right - left) * 0.8, LEAST_STAGE), _LARGEST_STAGE)
    beside = [box[2] - box[0] for side, stand in stands.items() if side in {"left", "right"} for box in [stand.box]]
    depth = _STAGE_DEPTHS[room.front]
    if beside and room.front == "stage":
        depth = min(max(max(beside) * 0.8, depth), _LARGEST_STAGE)
    behind = [y for x, y in front.points if abs(x) <= width / 2 + SEAT_PITCH * 1.5]
    rear = min(behind, default=0.0) - _STAGE_GAP
    area = {
        "uuid": "stage",
        "shape": "rectangle",
        "position": {"x": round(-width / 2, 2), "y": round(rear - depth, 2)},
        "rectangle": {"width": round(width, 2), "height": round(depth, 2)},
        "text": {
            "text": room.front_label,
            "position": {"x": round(width / 2, 2), "y": round(depth / 2, 2)},
            "color": "#ffffff",
            "size": 16,
        },
        **_STAGE_COLORS,
    }
    return {"name": "", "position": {"x": 0, "y": 0}, "rows": [], "areas": [area]}


def _put_around(stands: Mapping[Direction, Stand], stage: Document) -> None:
    """Turn the stands beside and beyond the stage to it, each as near as it can be behind what is there."""
    left, top, right, bottom = bounds(points_of(stage))
    middle = (left + right) / 2, (top + bottom) / 2
    taken = list(stands["front"].points)
    for side in _AROUND:
        if stand := stands.get(side):
            stand.turn_to(side, middle, taken, edge=outline_of(stage), gap=_STAGE_GAP)
            taken += stand.points


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
