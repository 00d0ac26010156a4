"""A hall as its seat map draws it, the same for all shows on that map: what `plan.py` adds prices to."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any, NamedTuple

from theaters.models import Seat, SeatCategory, SeatMap
from theaters.seat_maps.drawing import (
    CATEGORY_MARKS,
    Shape,
    blocked_seats,
    corners,
    frame,
    neighbors,
    place_shapeless,
    row_marks,
    split_shapes,
    usual_pitch,
)
from theaters.seat_maps.sightline import find_front, meters_per_unit
from theaters.seat_maps.stage import Side, draw_stage, find_stage

ACCESSIBLE, COMPANION, RESTRICTED_VIEW, AISLE, STEP_FREE, HEARING_LOOP = 1, 2, 4, 8, 16, 32


class PlanSeat(NamedTuple):
    """A seat; `flags` are a sum of ACCESSIBLE and the other constants above."""

    id: int
    number: str
    category: int
    x: float
    y: float
    flags: int
    run: int
    position: int

    @property
    def category_id(self) -> int:
        return self.category

    @property
    def is_accessible(self) -> bool:
        return bool(self.flags & ACCESSIBLE)

    @property
    def is_companion(self) -> bool:
        return bool(self.flags & COMPANION)

    @property
    def has_restricted_view(self) -> bool:
        return bool(self.flags & RESTRICTED_VIEW)

    @property
    def is_aisle(self) -> bool:
        return bool(self.flags & AISLE)

    @property
    def is_step_free(self) -> bool:
        return bool(self.flags & STEP_FREE)

    @property
    def has_hearing_loop(self) -> bool:
        return bool(self.flags & HEARING_LOOP)


@dataclass(frozen=True)
class PlanCategory:
    """A category of the map; `mark` is one of `drawing.CATEGORY_MARKS` and tells it apart without color."""

    id: int
    name: str
    color: str
    rank: int
    mark: str


@dataclass(frozen=True)
class PlanRow:
    """The seats of a row, and where its label is written."""

    label: str
    marks: list[list[float]]
    seats: list[PlanSeat]


@dataclass(frozen=True)
class PlanSection:
    name: str
    rows: list[PlanRow]


@dataclass(frozen=True)
class PlanArea:
    id: int
    name: str
    category: int
    capacity: int
    shape: Shape


@dataclass(frozen=True)
class HallPlan:
    """The part of a plan that all shows on one map share.

    `pitch` is the distance between the centers of two neighbors, `stage` the side of the seats where the
    stage is, and `front` its front edge. Categories come best first. `decorations` are shapes: stage, walls,
    words. `blocked` are the seats that are there and never for sale. `companions` has the wheelchair place of each
    companion seat.
    """

    seat_map: int
    version: int
    view_box: list[float]
    pitch: float
    stage: Side
    front: list[list[float]]
    meters_per_unit: float
    categories: list[PlanCategory]
    sections: list[PlanSection]
    areas: list[PlanArea]
    decorations: list[Shape]
    blocked: list[list[float]]
    companions: dict[int, int]

    def seats(self) -> Iterator[PlanSeat]:
        """Yield all seats, row by row."""
        for section in self.sections:
            for row in section.rows:
                yield from row.seats


def draw_hall(seat_map: SeatMap) -> HallPlan:
    categories, sold_areas = _read_categories(seat_map.pk)
    companions: dict[int, int] = {}
    rows = list(_read_rows(seat_map.pk, companions))
    plan = compose_plan(seat_map.layout, categories, rows, sold_areas, companions)
    return replace(plan, seat_map=seat_map.pk, version=seat_map.version)


def compose_plan(
    document: dict[str, Any],
    categories: list[PlanCategory],
    rows: Sequence[tuple[str, str, list[PlanSeat]]],
    sold_areas: Sequence[SoldArea],
    companions: dict[int, int],
) -> HallPlan:
    """Return what is drawn of a document: `rows` are its seats for sale by section and row."""
    seats = [seat for _, _, seats in rows for seat in seats]
    pitch = usual_pitch(pair for _, _, row in rows for pair in neighbors(row))
    shapes, decorations = split_shapes(document, [area.guid for area in sold_areas])
    blocked = blocked_seats(document)
    side = find_stage(document, seats)
    sections = [
        PlanSection(name, [_make_row(label, seats, pitch) for _, label, seats in group])
        for name, group in groupby(rows, key=lambda row: row[0])
    ]
    points: list[Sequence[float]] = [(seat.x, seat.y) for seat in seats] + list(blocked)
    points += [mark for section in sections for row in section.rows for mark in row.marks]
    if seats and not decorations:
        decorations.append(draw_stage(frame(points, margin=pitch), side, pitch))
    points += [corner for shape in [*decorations, *shapes.values()] for corner in corners(shape)]
    shapeless = [area for area in sold_areas if area.guid not in shapes]
    below = place_shapeless([area.name for area in shapeless], frame(points, margin=pitch), pitch)
    for area, shape in zip(shapeless, below, strict=True):
        shapes[area.guid] = shape
        points += corners(shape)
    return HallPlan(
        seat_map=0,
        version=0,
        view_box=frame(points, margin=pitch),
        pitch=pitch,
        stage=side,
        front=find_front(document, seats, side, pitch),
        meters_per_unit=meters_per_unit(document, pitch),
        categories=categories,
        sections=sections,
        areas=[PlanArea(area.id, area.name, area.category, area.capacity, shapes[area.guid]) for area in sold_areas],
        decorations=decorations,
        blocked=blocked,
        companions=companions,
    )


class SoldArea(NamedTuple):
    id: int
    name: str
    category: int
    capacity: int
    guid: str


def _read_categories(seat_map_id: int) -> tuple[list[PlanCategory], list[SoldArea]]:
    """Return the categories, best first, and the areas, by name, in one statement."""
    rows = (
        SeatCategory.objects.filter(seat_map_id=seat_map_id)
        .order_by("rank", "pk", "areas__name", "areas__pk")
        .values_list("pk", "name", "color", "rank", "areas__pk", "areas__guid", "areas__name", "areas__capacity")
    )
    categories: dict[int, PlanCategory] = {}
    areas: list[SoldArea] = []
    for pk, name, color, rank, area_id, guid, area_name, capacity in rows:
        if pk not in categories:
            categories[pk] = PlanCategory(pk, name, color, rank, CATEGORY_MARKS[len(categories) % len(CATEGORY_MARKS)])
        if area_id is not None:
            areas.append(SoldArea(area_id, area_name, pk, capacity, guid))
    areas.sort(key=lambda area: (area.name, area.id))
    return list(categories.values()), areas


def _read_rows(seat_map_id: int, companions: dict[int, int]) -> Iterator[tuple[str, str, list[PlanSeat]]]:
    """Yield (section, row, seats); parts of one row that lie in several runs are merged. Fills in `companions`."""
    rows: dict[str, dict[str, list[PlanSeat]]] = {}
    values = (
        Seat.objects.filter(seat_map_id=seat_map_id)
        .order_by("run", "position")
        .values_list(
            "section", "row", "pk", "number", "category_id", "x", "y", "run", "position",
            "companion_of",
            "is_accessible", "is_companion", "has_restricted_view", "is_aisle", "is_step_free", "has_hearing_loop",
        )
    )  # fmt: skip
    for section, row, pk, number, category, x, y, run, position, companion_of, *flags in values:
        if companion_of is not None:
            companions[pk] = companion_of
        bits = sum(1 << bit for bit, is_set in enumerate(flags) if is_set)
        seat = PlanSeat(pk, number, category, round(x, 2), round(y, 2), bits, run, position)
        rows.setdefault(section, {}).setdefault(row, []).append(seat)
    for section, labeled in rows.items():
        for label, seats in labeled.items():
            yield section, label, seats


def _make_row(label: str, seats: list[PlanSeat], pitch: float) -> PlanRow:
    return PlanRow(label, row_marks(seats, pitch) if label else [], seats)
