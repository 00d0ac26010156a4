"""The picture of a hall for one show: what the seat map page draws, lists and prices, as plain JSON.

    {
      "seat_map": 7, "version": 2,
      "view_box": [x, y, width, height], "pitch": 20,          # pitch: between two neighbors' centers
      "stage": "top",                                           # the side of the seats where it is
      "categories": [{"id", "name", "color", "rank", "mark"}],  # best first; `mark` is one of drawing.CATEGORY_MARKS
      "sections": [{"name": "Stalls", "rows": [
          {"label": "A", "marks": [[x, y], [x, y]],             # where to write the row's label
           "seats": [[id, number, category, x, y, flags, run, position], …]}]}],
      "areas": [{"id", "name", "category", "capacity", "shape": {…}}],
      "decorations": [{…}],                                     # shapes: stage, walls, words
      "blocked": [[x, y], …],                                   # seats that are there and never for sale
      "currency": "EUR",
      "ticket_types": [{"id", "name", "who"}],                  # the first is the default
      "prices": {"<category id>": {"<ticket type id>": "20.00"}},
    }

A seat is a `PlanSeat`, which JSON writes as an array: names would triple the 2,000 seats of a page.
Its `flags` are a sum of ACCESSIBLE, COMPANION, RESTRICTED_VIEW and AISLE. Two seats are neighbors when
they share `run` and their `position`s differ by one. Coordinates are the layout's own units, of
which `theaters/seat_maps/` makes absolute ones.

The map part never changes once it is published and is drawn once a day in each process; prices
follow a change within `PAGES_STALE_SECONDS`. What is taken is in `availability.py`.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from threading import Lock
from typing import Any, NamedTuple
from uuid import uuid4

from django.conf import settings
from django.core.cache import caches

from events.models import Price, Show
from lib.money import round_money
from theaters.models import Seat, SeatCategory, SeatMap
from theaters.seat_maps.drawing import (
    CATEGORY_MARKS,
    blocked_seats,
    corners,
    frame,
    neighbors,
    place_shapeless,
    row_marks,
    split_shapes,
    usual_pitch,
)
from theaters.seat_maps.stage import draw_stage, find_stage

ACCESSIBLE, COMPANION, RESTRICTED_VIEW, AISLE = 1, 2, 4, 8

MAP_SECONDS = 86_400
# Maps that one process keeps drawn. One of 20,000 seats takes 8 MB, of 2,000 seats 0.8 MB.
KEPT_MAPS = 32

_SCRIPT_ESCAPES = {ord(sign): f"\\u{ord(sign):04x}" for sign in "<>&\u2028\u2029"}
_drawn: "dict[int, DrawnMap]" = {}
_drawn_lock = Lock()


class PlanSeat(NamedTuple):
    """A seat as the page, the list and `best_seats` see it."""

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


def read_seat_plan(show: Show) -> dict[str, Any]:
    """Return the plan of `show`, whose hall's theater is at hand.

    Four statements cold, none warm. What is inside is shared by all callers: change nothing in it.
    """
    return {**_read_map(show).plan, **_read_prices(show)}


def plan_seats(plan: dict[str, Any]) -> Iterator[PlanSeat]:
    """Yield all seats of a plan, run by run."""
    for section in plan["sections"]:
        for row in section["rows"]:
            yield from row["seats"]


def read_seat_plan_json(show: Show) -> str:
    """Return the same as JSON that may stand inside a `<script type="application/json">`.

    Written once for each map and process: of 2,000 seats only the prices are new each time.
    """
    drawn = _read_map(show)
    return f"{drawn.as_json[:-1]},{_to_json(_read_prices(show))[1:]}"


@dataclass(frozen=True)
class DrawnMap:
    token: str
    plan: dict[str, Any]

    @cached_property
    def as_json(self) -> str:
        return _to_json(self.plan)


def _to_json(content: dict[str, Any]) -> str:
    return json.dumps(content, separators=(",", ":"), ensure_ascii=False).translate(_SCRIPT_ESCAPES)


def _read_map(show: Show) -> DrawnMap:
    """Return what this process drew, as long as the cache vouches for it.

    Only a token is in the cache: to unpickle 20,000 seats takes longer than to read them again.
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


def _read_prices(show: Show) -> dict[str, Any]:
    pages, key = caches["pages"], f"prices:{show.pk}"
    prices: dict[str, Any] | None = pages.get(key)
    if prices is None:
        prices = _price(show)
        pages.set(key, prices, settings.PAGES_STALE_SECONDS)
    return prices


def _price(show: Show) -> dict[str, Any]:
    currency = show.hall.theater.currency
    rows = (
        Price.objects.filter(show=show)
        .order_by("ticket_type__order", "ticket_type__name", "category__rank")
        .values_list("category_id", "amount", "ticket_type_id", "ticket_type__name", "ticket_type__who")
    )
    types: dict[int, dict[str, Any]] = {}
    prices: dict[str, dict[str, str]] = {}
    for category_id, amount, type_id, name, who in rows:
        types[type_id] = {"id": type_id, "name": name, "who": who}
        prices.setdefault(str(category_id), {})[str(type_id)] = str(round_money(amount, currency))
    return {"currency": currency, "ticket_types": list(types.values()), "prices": prices}


def _draw(seat_map: SeatMap) -> dict[str, Any]:
    categories, areas = _read_categories(seat_map.pk)
    rows = list(_read_rows(seat_map.pk))
    seats = [seat for _, _, seats in rows for seat in seats]
    pitch = usual_pitch(pair for _, _, row in rows for pair in neighbors(row))
    shapes, decorations = split_shapes(seat_map.layout, [area["guid"] for area in areas])
    blocked = blocked_seats(seat_map.layout)
    side = find_stage(seat_map.layout, seats)
    for area in areas:
        area["shape"] = shapes.get(area.pop("guid"))
    sections = [
        {"name": name, "rows": [_row(label, seats, pitch) for _, label, seats in group]}
        for name, group in groupby(rows, key=lambda row: row[0])
    ]
    points: list[Sequence[float]] = [(seat.x, seat.y) for seat in seats] + list(blocked)
    points += [mark for section in sections for row in section["rows"] for mark in row["marks"]]
    if seats and not decorations:
        decorations.append(draw_stage(frame(points, margin=pitch), side, pitch))
    points += [corner for shape in [*decorations, *shapes.values()] for corner in corners(shape)]
    shapeless = [area for area in areas if area["shape"] is None]
    below = place_shapeless([area["name"] for area in shapeless], frame(points, margin=pitch), pitch)
    for area, shape in zip(shapeless, below, strict=True):
        area["shape"] = shape
        points += corners(shape)
    return {
        "seat_map": seat_map.pk,
        "version": seat_map.version,
        "view_box": frame(points, margin=pitch),
        "pitch": pitch,
        "stage": side.value,
        "categories": categories,
        "sections": sections,
        "areas": areas,
        "decorations": decorations,
        "blocked": blocked,
    }


def _read_categories(seat_map_id: int) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Return the categories, best first, and the areas, by name, in one statement."""
    rows = (
        SeatCategory.objects.filter(seat_map_id=seat_map_id)
        .order_by("rank", "pk", "areas__name", "areas__pk")
        .values_list("pk", "name", "color", "rank", "areas__pk", "areas__guid", "areas__name", "areas__capacity")
    )
    categories: dict[int, dict[str, Any]] = {}
    areas: list[dict[str, Any]] = []
    for pk, name, color, rank, area_id, guid, area_name, capacity in rows:
        if pk not in categories:
            mark = CATEGORY_MARKS[len(categories) % len(CATEGORY_MARKS)]
            categories[pk] = {"id": pk, "name": name, "color": color, "rank": rank, "mark": mark}
        if area_id is not None:
            areas.append({"id": area_id, "name": area_name, "category": pk, "capacity": capacity, "guid": guid})
    areas.sort(key=lambda area: (area["name"], area["id"]))
    return list(categories.values()), areas


def _read_rows(seat_map_id: int) -> Iterator[tuple[str, str, list[PlanSeat]]]:
    """Yield (section, row, seats); parts of one row that lie in several runs come together."""
    rows: dict[str, dict[str, list[PlanSeat]]] = {}
    values = (
        Seat.objects.filter(seat_map_id=seat_map_id)
        .order_by("run", "position")
        .values_list(
            "section", "row", "pk", "number", "category_id", "x", "y", "run", "position",
            "is_accessible", "is_companion", "has_restricted_view", "is_aisle",
        )
    )  # fmt: skip
    for section, row, pk, number, category, x, y, run, position, *flags in values:
        bits = sum(1 << bit for bit, is_set in enumerate(flags) if is_set)
        seat = PlanSeat(pk, number, category, round(x, 2), round(y, 2), bits, run, position)
        rows.setdefault(section, {}).setdefault(row, []).append(seat)
    for section, labeled in rows.items():
        for label, seats in labeled.items():
            yield section, label, seats


def _row(label: str, seats: list[PlanSeat], pitch: float) -> dict[str, Any]:
    return {"label": label, "marks": row_marks(seats, pitch) if label else [], "seats": seats}
