"""How good a seat is, from where it is: what best seats are chosen by.

A seat's quality is 0 at the best place of its hall, and 10 less for each seat's width that it is away from there:

- across from the axis of the stage: the middle of the drawn stage, or else of the hall's front,
- along from the best row of its section, a third of the way from its front to its back; for films two thirds,
- half as much for how far its section begins behind the front of the hall,
- and `RESTRICTED_VIEW` for a restricted view.

Staff who know better paint a seat or a zone better or worse (`marquee.quality`), in steps of `PAINTED_STEP`. The front
is the side where the plan has its stage (`stage.py`). Publishing writes both qualities of each seat into its row, so
that choosing seats needs no geometry.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from math import hypot
from typing import Any, NamedTuple

from theaters.models.seat_maps import HIGHEST_QUALITY, LOWEST_QUALITY
from theaters.seat_maps.drawing import Shape, corners
from theaters.seat_maps.layout import Layout
from theaters.seat_maps.stage import Side, find_drawn_stage, find_stage

STAGE_DEPTH = 1 / 3
SCREEN_DEPTH = 2 / 3
PER_SEAT_WIDTH = 10
RESTRICTED_VIEW = 500
# As much as five seats closer.
PAINTED_STEP = 50


class RatedPlace(NamedTuple):
    """What a seat's quality depends on."""

    x: float
    y: float
    section: str
    is_restricted: bool = False
    painted: int = 0


class Quality(NamedTuple):
    """How good a seat is for what is on a stage and on a screen; more is better."""

    stage: int
    screen: int


def rate_layout(layout: Layout) -> list[Quality]:
    """Return the quality of each of a layout's seats."""
    places = [
        RatedPlace(seat.x, seat.y, seat.section, "restricted" in seat.flags, seat.quality) for seat in layout.seats
    ]
    side = find_stage(layout.document, layout.seats)
    return rate(places, pitch=layout.spacing, side=side, document=layout.document)


def rate(
    places: Sequence[RatedPlace], *, pitch: float, side: Side = Side.TOP, document: dict[str, Any] | None = None
) -> list[Quality]:
    """Return the quality of places that are usually `pitch` apart."""
    if not places:
        return []
    turned = [side.turn(place.x, place.y) for place in places]
    axis = _find_axis(turned, find_drawn_stage(document or {}), side)
    sections: dict[str, list[float]] = defaultdict(list)
    for place, (_x, y) in zip(places, turned, strict=True):
        sections[place.section].append(y)
    front = min(y for _x, y in turned)
    begins = {name: min(depths) for name, depths in sections.items()}
    deep = {name: max(depths) - begins[name] for name, depths in sections.items()}

    def rate_one(place: RatedPlace, x: float, y: float, depth: float) -> int:
        begin = begins[place.section]
        away = hypot(x - axis, y - begin - deep[place.section] * depth) + (begin - front) / 2
        lost = PER_SEAT_WIDTH * away / pitch + (RESTRICTED_VIEW if place.is_restricted else 0)
        return max(LOWEST_QUALITY, min(HIGHEST_QUALITY, round(place.painted * PAINTED_STEP - lost)))

    return [
        Quality(rate_one(place, x, y, STAGE_DEPTH), rate_one(place, x, y, SCREEN_DEPTH))
        for place, (x, y) in zip(places, turned, strict=True)
    ]


def _find_axis(turned: Iterable[tuple[float, float]], stage: Shape | None, side: Side) -> float:
    """Return where the middle of the stage is across the hall."""
    if stage is not None and not stage["rotation"]:
        points = list(corners(stage))
        middle = [sum(point[axis] for point in points) / len(points) for axis in (0, 1)]
        return side.turn(middle[0], middle[1])[0]
    xs = [x for x, _y in turned]
    return (min(xs) + max(xs)) / 2
