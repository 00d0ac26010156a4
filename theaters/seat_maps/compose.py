"""Where everything goes in a picture of a layout: the console's, and files and paper for the wall."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import cos, pi, sin

from theaters.seat_maps.drawing import Shape, corners, frame, place_shapeless, row_marks, split_shapes
from theaters.seat_maps.layout import Layout, PlacedSeat
from theaters.seat_maps.stage import draw_stage, find_stage

# Half a seat's width, as a share of the distance between two seats' centers.
SEAT_RADIUS = 0.41


@dataclass(frozen=True)
class Composition:
    """`shapes` are those of areas for sale by id, `others` are only drawn; `marks` are the labels of rows.

    `shapeless` are the ids of areas whose shape is not in the file, and `has_stage` is True if `others` ends with a
    stage that is not there either.
    """

    pitch: float
    box: Sequence[float]
    rows: Sequence[Sequence[PlacedSeat]]
    marks: Sequence[tuple[str, Sequence[float]]]
    names: Sequence[tuple[str, float, float]]
    shapes: dict[str, Shape]
    others: Sequence[Shape]
    shapeless: frozenset[str]
    has_stage: bool


def compose(layout: Layout, over: Iterable[Sequence[float]] = ()) -> Composition:
    """Place the seats, shapes and words of a layout, with room for what is drawn over it at these points."""
    pitch = layout.spacing
    seats = layout.seats
    shapes, others = split_shapes(layout.document, [area.guid for area in layout.areas])
    rows = list(_rows(seats))
    marks = [(row[0].row, mark) for row in rows if row[0].row for mark in row_marks(row, pitch)]
    points: list[Sequence[float]] = [(seat.x, seat.y) for seat in seats] + [mark for _label, mark in marks]
    points += [corner for shape in [*others, *shapes.values()] for corner in corners(shape)]
    lacks_stage = bool(seats and not others)
    if lacks_stage:
        others.append(draw_stage(frame(points, margin=pitch), find_stage(layout.document, seats), pitch))
        points += corners(others[-1])
    missing = [area for area in layout.areas if area.guid not in shapes]
    below = place_shapeless([area.name for area in missing], frame(points, margin=pitch), pitch)
    shapes |= {area.guid: shape for area, shape in zip(missing, below, strict=True)}
    points += [corner for shape in below for corner in corners(shape)]
    names = list(_section_names(seats, pitch))
    points += [(x, y - pitch) for _name, x, y in names]
    points += over
    return Composition(
        pitch=pitch,
        box=frame(points, margin=pitch),
        rows=rows,
        marks=marks,
        names=names,
        shapes=shapes,
        others=others,
        shapeless=frozenset(area.guid for area in missing),
        has_stage=lacks_stage,
    )


def _rows(seats: Iterable[PlacedSeat]) -> Iterator[list[PlacedSeat]]:
    rows: dict[int, list[PlacedSeat]] = {}
    for seat in seats:
        rows.setdefault(seat.row_key, []).append(seat)
    yield from rows.values()


def _section_names(seats: Iterable[PlacedSeat], pitch: float) -> Iterator[tuple[str, float, float]]:
    """Yield each section's name and its place: above the seats in its middle, since curved rows rise at their ends."""
    sections: dict[str, list[PlacedSeat]] = {}
    for seat in seats:
        sections.setdefault(seat.section, []).append(seat)
    for name, members in sections.items():
        if name and len(sections) > 1:
            x = (min(seat.x for seat in members) + max(seat.x for seat in members)) / 2
            near = [seat.y for seat in members if abs(seat.x - x) < pitch * 2] or [seat.y for seat in members]
            yield name, x, min(near) - pitch * 1.4


def outline(mark: str, radius: float) -> str:
    """Return a mark around the current point as steps of a path that come back to it."""
    if mark == "circle":
        r = f"{radius:.4g}"
        return f"m-{r} 0a{r} {r} 0 1 0 {2 * radius:.4g} 0a{r} {r} 0 1 0-{2 * radius:.4g} 0z"
    points = [(x * radius, y * radius) for x, y in _POLYGONS[mark]]
    steps = [(b[0] - a[0], b[1] - a[1]) for a, b in pairwise(points)]
    return f"m{points[0][0]:.4g} {points[0][1]:.4g}l{' '.join(f'{x:.4g} {y:.4g}' for x, y in steps)}z"


def _ring(count: int, *radii: float, start: float = 0.5) -> list[tuple[float, float]]:
    angles = [pi * (2 * step / count - start) for step in range(count)]
    return [
        (radii[step % len(radii)] * cos(angle), radii[step % len(radii)] * sin(angle))
        for step, angle in enumerate(angles)
    ]


_POLYGONS = {
    "square": [(-0.9, -0.9), (0.9, -0.9), (0.9, 0.9), (-0.9, 0.9)],
    "diamond": [(0, -1.15), (1.15, 0), (0, 1.15), (-1.15, 0)],
    "triangle": [(0, -1.1), (1.1, 0.9), (-1.1, 0.9)],
    "hexagon": _ring(6, 1.05),
    "star": _ring(10, 1.2, 0.55),
    "cross": [(x, y) for x, y in (
        (-0.4, -1), (0.4, -1), (0.4, -0.4), (1, -0.4), (1, 0.4), (0.4, 0.4),
        (0.4, 1), (-0.4, 1), (-0.4, 0.4), (-1, 0.4), (-1, -0.4), (-0.4, -0.4),
    )],
    "drop": [(0, -1.2), (0.75, -0.1), (0.75, 0.6), (0.3, 1), (-0.3, 1), (-0.75, 0.6), (-0.75, -0.1)],
}  # fmt: skip
