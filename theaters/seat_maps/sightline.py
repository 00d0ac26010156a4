"""What the view from a seat is drawn from: the front edge of the stage, and how long a meter is on the plan."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from theaters.seat_maps.complete import extension_of, is_number
from theaters.seat_maps.drawing import SeatPoint, corners, frame
from theaters.seat_maps.stage import Side, draw_stage, find_drawn_stage

# From the middle of a seat to the middle of its neighbor, as theaters usually have it.
USUAL_SEAT_METERS = 0.55


def find_front(document: dict[str, Any], seats: Sequence[SeatPoint], side: Side, pitch: float) -> list[list[float]]:
    """Return both ends of the edge of the stage that faces the seats, the audience's left one first.

    It is that of the drawn stage, whose rotation does not count, or else of the one that is drawn for a plan without.
    No seat, no front.
    """
    if not seats:
        return []
    stage = find_drawn_stage(document)
    if stage is None:
        stage = draw_stage(frame([(seat.x, seat.y) for seat in seats], margin=pitch), side, pitch)
        # The last corner is how far the back edge reaches.
        points = stage["corners"][:2]
    else:
        points = list(corners(stage))
    turned = [side.turn(x, y) for x, y in points]
    front = max(y for _x, y in turned)
    ends = (min(x for x, _y in turned), front), (max(x for x, _y in turned), front)
    return [[round(value, 2) for value in side.turn_back(x, y)] for x, y in ends]


def meters_per_unit(document: dict[str, Any], pitch: float) -> float:
    """Return what the plan says of its scale, or else what follows from the usual distance of seats."""
    said = extension_of(document).get("meters_per_unit")
    return said if is_number(said) and said > 0 else round(USUAL_SEAT_METERS / pitch, 5)
