"""Draw each kind of part as a zone of the open seating plan, around x = 0 and from y = 0 backwards."""

from __future__ import annotations

from collections.abc import Sequence
from functools import singledispatch
from math import ceil, cos, hypot, pi, radians, sin, sqrt, tan
from typing import Any

from theaters.seat_maps.arrange import (
    SEAT_PITCH,
    arrange_rows,
    front_radius,
    place_long_table,
    place_table,
)
from theaters.seat_maps.generate.room import Boxes, Part, Rows, Standing, Tables
from theaters.seat_maps.geometry import Point, bounds

Document = dict[str, Any]

# Around a table; two who sit opposite are nearer, so that they are about as far apart as in a row.
TABLE_PITCH = 22.0
_PITCH_FOR_TWO = 17.0
# Between two tables, from seat to seat.
TABLE_GAP = 36.0
TABLE_COLORS = {"color": "#d7c29b", "border_color": "#6f4e37"}
# A person stands on so much of the plan, in square units.
_STANDING_SPACE = 200.0
_LEAST_STANDING_DEPTH = 80.0
_BOX_RAIL = 3
_BOX_GAP = 18.0


@singledispatch
def draw_part(part: Part) -> Document:
    """Return the zone of a part without a position. Boxes are drawn by `draw_boxes` and `draw_boxes_around`."""
    raise TypeError(part)


@draw_part.register
def _(part: Rows) -> Document:
    blocks = [row.blocks for row in part.rows]
    rows = arrange_rows(
        [row.label for row in part.rows],
        blocks,
        category=[row.category for row in part.rows],
        numbering=part.numbering,
        radius=front_radius(blocks, radians(part.bend)) if part.bend else None,
    )
    for row, sizes in zip(rows, blocks, strict=True):
        numbers = [number for label, number in part.wheelchair_places if label == row["row_number"]]
        if numbers:
            _make_wheelchair_places(row["seats"], sizes, set(numbers))
    return {"name": part.name, "rows": rows}


def _make_wheelchair_places(seats: list[Document], blocks: Sequence[int], numbers: set[str]) -> None:
    """Flag the places, and beside each the first seat of its block that is free for a companion."""
    block_of = [block for block, size in enumerate(blocks) for _seat in range(size)]
    chosen = [index for index, seat in enumerate(seats) if seat["seat_number"] in numbers]
    taken = set(chosen)
    for index in chosen:
        _flag(seats[index], "accessible")
        for beside in (index + 1, index - 1):
            if 0 <= beside < len(seats) and beside not in taken and block_of[beside] == block_of[index]:
                taken.add(beside)
                _flag(seats[beside], "companion")
                break


@draw_part.register
def _(part: Tables) -> Document:
    place = place_table if part.shape == "round" else place_long_table
    points = place(part.seats, pitch=_table_pitch(part))
    width = max(x for x, _y in points) - min(x for x, _y in points) + TABLE_GAP + SEAT_PITCH
    depth = max(y for _x, y in points) - min(y for _x, y in points) + TABLE_GAP + SEAT_PITCH
    rows, tops = [], []
    for table in range(part.count):
        line, column = divmod(table, part.per_line)
        in_line = min(part.per_line, part.count - line * part.per_line)
        position = {"x": round((column - (in_line - 1) / 2) * width, 2), "y": round(line * depth, 2)}
        number = str(table + 1)
        rows.append(
            {
                "row_number": number,
                "row_number_position": None,
                "position": position,
                "seats": [_seat(part, str(seat), point) for seat, point in enumerate(points, start=1)],
                "marquee": {"table": True},
            }
        )
        tops.append({**_table_top(part, position), **TABLE_COLORS})
    return {"name": part.name, "rows": rows, "areas": tops}


def _table_pitch(part: Tables) -> float:
    return TABLE_PITCH if part.seats > 2 else _PITCH_FOR_TWO  # noqa: PLR2004


def _table_top(part: Tables, position: dict[str, float]) -> Document:
    if part.shape == "round":
        pitch = _table_pitch(part)
        radius = max(pitch * 0.8, pitch * part.seats / (2 * pi)) - SEAT_PITCH * 0.4
        return {"shape": "circle", "position": position, "circle": {"radius": round(radius, 2)}}
    width, height = ceil(part.seats / 2) * TABLE_PITCH - 6, SEAT_PITCH
    return {
        "shape": "rectangle",
        "position": {"x": round(position["x"] - width / 2, 2), "y": round(position["y"] - height / 2, 2)},
        "rectangle": {"width": width, "height": height},
    }


@draw_part.register
def _(part: Standing) -> Document:
    depth = max(_LEAST_STANDING_DEPTH, round(sqrt(part.capacity * _STANDING_SPACE / 2)))
    width = depth * 2
    area = {
        "shape": "rectangle",
        "position": {"x": -width / 2, "y": 0},
        "rectangle": {"width": width, "height": depth},
        "text": {"text": part.name, "position": {"x": width / 2, "y": depth / 2}},
        "marquee": {"name": part.name, "category": part.category, "capacity": part.capacity},
    }
    return {"name": part.name, "rows": [], "areas": [area]}


def draw_boxes(part: Boxes, inner: float) -> Document:
    """Return boxes whose rails are `inner` from the middle, from y = 0 backwards."""
    rail = min(part.seats, _BOX_RAIL)
    rows = []
    for box in range(part.count):
        side = 1 if box % 2 else -1
        number = str(box + 1)
        seats = []
        for seat in range(part.seats):
            behind, along = divmod(seat, rail)
            point = (side * behind * SEAT_PITCH, along * SEAT_PITCH)
            seats.append(_seat(part, str(seat + 1), point))
        rows.append(
            {
                "row_number": number,
                "row_number_position": "start",
                "position": {"x": side * inner, "y": box // 2 * (rail * SEAT_PITCH + _BOX_GAP)},
                "seats": seats,
                "marquee": {"table": True},
            }
        )
    return {"name": part.name, "rows": rows}


def draw_boxes_around(part: Boxes, points: Sequence[Point], distance: float) -> Document:
    """Return boxes on an arc around these points, whose ends are level with their front, each turned to the middle."""
    left, top, right, _bottom = bounds(list(points))
    span = radians(part.bend)
    rail = min(part.seats, _BOX_RAIL)
    # The arc's ends look past the corners in front.
    center = top - max(-left, right) / tan(span / 2)
    reach = max(hypot(x, y - center) for x, y in points) + distance
    radius = max(reach, part.count * (rail * SEAT_PITCH + _BOX_GAP) / span)
    rows: list[Document] = []
    for place, box in enumerate([*range(0, part.count, 2), *reversed(range(1, part.count, 2))]):
        angle = span * ((place + 0.5) / part.count - 0.5)
        seats = []
        for seat in range(part.seats):
            behind, along = divmod(seat, rail)
            across = (along - (rail - 1) / 2) * SEAT_PITCH
            x = behind * SEAT_PITCH * sin(angle) + across * cos(angle)
            y = behind * SEAT_PITCH * cos(angle) - across * sin(angle)
            seats.append(_seat(part, str(seat + 1), (round(x, 2), round(y, 2))))
        rows.append(
            {
                "row_number": str(box + 1),
                "row_number_position": "start",
                "position": {"x": round(radius * sin(angle), 2), "y": round(radius * cos(angle), 2)},
                "seats": seats,
                "marquee": {"table": True},
            }
        )
    rows.sort(key=lambda row: int(row["row_number"]))
    return {"name": part.name, "position": {"x": 0, "y": round(center, 2)}, "rows": rows}


def _seat(part: Boxes | Tables, number: str, point: tuple[float, float]) -> Document:
    return {
        "seat_number": number,
        "position": {"x": point[0], "y": point[1]},
        "category": part.category,
    }


def _flag(seat: Document, name: str) -> None:
    seat["marquee"] = {**seat.get("marquee", {}), name: True}
