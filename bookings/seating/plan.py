"""The plan of a hall for one show: what the seat map page draws, lists and prices.

Its JSON has the members of `SeatPlan`. A seat is a `PlanSeat`, which JSON writes as an array: names would
triple the 2,000 seats of a page.

    {
      "seat_map": 7, "version": 2,
      "view_box": [x, y, width, height], "pitch": 20,
      "stage": "top", "front": [[x, y], [x, y]], "meters_per_unit": 0.0275,
      "categories": [{"id", "name", "color", "rank", "mark"}],
      "sections": [{"name": "Stalls", "rows": [
          {"label": "A", "marks": [[x, y], [x, y]],
           "seats": [[id, number, category, x, y, flags, run, position], …]}]}],
      "areas": [{"id", "name", "category", "capacity", "shape": {…}}],
      "decorations": [{…}],
      "blocked": [[x, y], …],
      "companions": {"<seat id>": <seat id>},
      "currency": "EUR",
      "ticket_types": [{"id", "name", "who"}],
      "prices": {"<category id>": {"<ticket type id>": "20.00"}},
    }

Two seats are neighbors when they share `run` and their `position`s differ by one. Coordinates are the
layout's own units, made absolute by `theaters/seat_maps/`.

The map part never changes once it is published and is drawn once a day in each process; prices
follow a change within `PAGES_STALE_SECONDS`. What is taken is in `availability.py`.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property, reduce
from itertools import groupby
from operator import or_
from threading import Lock
from typing import Any, NamedTuple
from uuid import uuid4

from django.conf import settings
from django.core.cache import caches

from events.catalogue import catalogue_version
from events.models import Price, Show
from lib.money import round_money
from lib.process_memory import Memory
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

MAP_SECONDS = 86_400
# How many maps one process keeps drawn. One of 20,000 seats takes 8 MB, one of 2,000 seats 0.8 MB.
KEPT_MAPS = 32

_SCRIPT_ESCAPES = {ord(sign): f"\\u{ord(sign):04x}" for sign in "<>&\u2028\u2029"}
_drawn: dict[int, DrawnMap] = {}
_drawn_lock = Lock()
_prices: Memory[ShowPrices] = Memory(200)
_plans: Memory[SeatPlan] = Memory(KEPT_MAPS)


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
class PlanTicketType:
    id: int
    name: str
    who: str


@dataclass(frozen=True)
class HallPlan:
    """The part of a plan that all shows on one map share.

    `pitch` is the distance between the centers of two neighbors, `stage` the side of the seats where the
    stage is, and `front` its front edge. Categories come best first. `decorations` are shapes: stage, walls,
    words. `blocked` are the
    seats that are there and never for sale. `companions` has the wheelchair place of each companion seat.
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


@dataclass(frozen=True)
class ShowPrices:
    """What a show costs: amounts by category and ticket type, with the digits of the currency.

    The first ticket type is the default. A category without prices is not for sale.
    """

    currency: str
    ticket_types: list[PlanTicketType]
    prices: dict[int, dict[int, Decimal]]


class PlanPlace(NamedTuple):
    """A seat and where it is: `section` counts within the plan."""

    seat: PlanSeat
    section: int
    section_name: str
    row: str


@dataclass(frozen=True)
class SeatPlan(ShowPrices, HallPlan):
    """A hall and the prices of one show in it."""

    @cached_property
    def places(self) -> dict[int, PlanPlace]:
        """Seats by id, in the order of the plan."""
        return {
            seat.id: PlanPlace(seat, index, section.name, row.label)
            for index, section in enumerate(self.sections)
            for row in section.rows
            for seat in row.seats
        }

    @cached_property
    def seat_counts(self) -> Counter[tuple[int, int]]:
        """How many seats there are by section and category."""
        return Counter((place.section, place.seat.category) for place in self.places.values())

    @cached_property
    def flags(self) -> int:
        """All flags that any seat has."""
        return reduce(or_, (seat.flags for seat in self.seats()), 0)

    @cached_property
    def digest(self) -> str:
        """Name the content, so that its address may be cached for good."""
        facts = repr((self.seat_map, self.version, self.currency, self.ticket_types, self.prices))
        return hashlib.blake2b(facts.encode(), digest_size=6).hexdigest()


def read_seat_plan(show: Show) -> SeatPlan:
    """Return the plan of `show`, whose hall's theater is at hand.

    Four statements cold, none warm. What is inside is shared by all callers: change nothing in it.
    """
    drawn, prices = _read_map(show), _read_prices(show)
    plan = _plans.get(show.pk)
    # Kept for what it has worked out: all that the page of an opera house needs takes 2 ms of CPU.
    if plan is None or plan.sections is not drawn.plan.sections or plan.prices is not prices.prices:
        plan = SeatPlan(**vars(drawn.plan), **vars(prices))
        _plans.set(show.pk, plan, MAP_SECONDS)
    return plan


def read_seat_plan_json(show: Show) -> str:
    """Return the plan as JSON that may stand inside a `<script type="application/json">`.

    The map part is written once for each map and process; only the prices are written each time.
    """
    drawn = _read_map(show)
    return f"{drawn.as_json[:-1]},{write_json(_read_prices(show))[1:]}"


@dataclass(frozen=True)
class DrawnMap:
    token: str
    plan: HallPlan

    @cached_property
    def as_json(self) -> str:
        return write_json(self.plan)


def write_json(content: HallPlan | ShowPrices) -> str:
    """Return JSON that may stand inside a script element."""
    text = json.dumps(content, default=_to_plain, separators=(",", ":"), ensure_ascii=False)
    return text.translate(_SCRIPT_ESCAPES)


def _to_plain(value: object) -> str | dict[str, Any]:
    return str(value) if isinstance(value, Decimal) else vars(value)


def _read_map(show: Show) -> DrawnMap:
    """Return the map that this process has drawn, as long as the cache vouches for it.

    The cache holds only a token: unpickling 20,000 seats would take longer than reading them again.
    """
    seat_map_id = show.seat_map_id
    pages, key = caches["pages"], f"seat-map:{seat_map_id}"
    token: str | None = pages.get(key)
    drawn = _drawn.get(seat_map_id)
    if drawn is None or drawn.token != token:
        # One statement, unless the caller has read it with the show.
        seat_map = show.seat_map
        drawn = DrawnMap(token or uuid4().hex, _draw(seat_map))
        if token is None:
            # A draft may still change; its shows are not on sale yet.
            is_final = seat_map.state != SeatMap.State.DRAFT
            pages.set(key, drawn.token, MAP_SECONDS if is_final else settings.PAGES_STALE_SECONDS)
        with _drawn_lock:
            _drawn.pop(seat_map_id, None)
            _drawn[seat_map_id] = drawn
            while len(_drawn) > KEPT_MAPS:
                del _drawn[next(iter(_drawn))]
    return drawn


def _read_prices(show: Show) -> ShowPrices:
    key = show.pk, catalogue_version()
    prices = _prices.get(key)
    if prices is None:
        prices = _price(show)
        _prices.set(key, prices, settings.PAGES_STALE_SECONDS)
    return prices


def _price(show: Show) -> ShowPrices:
    currency = show.hall.theater.currency
    rows = (
        Price.objects.filter(show=show)
        .order_by("ticket_type__order", "ticket_type__name", "category__rank")
        .values_list("category_id", "amount", "ticket_type_id", "ticket_type__name", "ticket_type__who")
    )
    types: dict[int, PlanTicketType] = {}
    prices: dict[int, dict[int, Decimal]] = {}
    for category_id, amount, type_id, name, who in rows:
        types[type_id] = PlanTicketType(type_id, name, who)
        prices.setdefault(category_id, {})[type_id] = round_money(amount, currency)
    return ShowPrices(currency, list(types.values()), prices)


def _draw(seat_map: SeatMap) -> HallPlan:
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
