"""The picture of a hall for one show: what the seat map page draws, lists and prices, as plain JSON.

    {
      "seat_map": 7, "version": 2,
      "view_box": [x, y, width, height], "pitch": 20,          # pitch: between two neighbors' centers
      "categories": [{"id", "name", "color", "rank", "mark"}],  # best first; `mark` is one of MARKS
      "sections": [{"name": "Stalls", "rows": [
          {"label": "A", "marks": [[x, y], [x, y]],             # where to write the row's label
           "seats": [[id, number, category, x, y, flags, run, position], …]}]}],
      "areas": [{"id", "name", "category", "capacity", "shape": {…} or null}],
      "decorations": [{…}],                                     # shapes: stage, walls, words
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
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby, pairwise
from statistics import median
from threading import Lock
from typing import Any, NamedTuple
from uuid import uuid4

from django.conf import settings
from django.core.cache import caches

from events.models import Price, Show
from theaters.models import Seat, SeatCategory, SeatMap
from theaters.money import round_money
from theaters.seat_maps.complete import is_number, objects
from theaters.seat_maps.layout import normal_color

ACCESSIBLE, COMPANION, RESTRICTED_VIEW, AISLE = 1, 2, 4, 8

# Shapes that tell categories apart without color, best category first.
MARKS = ("circle", "square", "diamond", "triangle", "hexagon", "star", "cross", "drop")

MAP_SECONDS = 86_400
DEFAULT_PITCH = 20.0
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
    pitch = _pitch(rows)
    shapes = _read_shapes(seat_map)
    for area in areas:
        area["shape"] = shapes.pop(area.pop("guid"), None)
    decorations = list(shapes.values())
    sections = [
        {"name": name, "rows": [_row(label, seats, pitch) for _, label, seats in group]}
        for name, group in groupby(rows, key=lambda row: row[0])
    ]
    points: list[tuple[float, ...]] = [(seat.x, seat.y) for _, _, seats in rows for seat in seats]
    points += [tuple(mark) for section in sections for row in section["rows"] for mark in row["marks"]]
    points += [
        corner for shape in [*decorations, *(a["shape"] for a in areas if a["shape"])] for corner in _corners(shape)
    ]
    return {
        "seat_map": seat_map.pk,
        "version": seat_map.version,
        "view_box": _view_box(points, margin=pitch),
        "pitch": pitch,
        "categories": categories,
        "sections": sections,
        "areas": areas,
        "decorations": decorations,
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
            mark = MARKS[len(categories) % len(MARKS)]
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


def _pitch(rows: Iterable[tuple[str, str, list[PlanSeat]]]) -> float:
    """Return the usual distance between two neighbors' centers."""
    gaps = [
        ((a.x - b.x) ** 2 + (a.y - b.y) ** 2) ** 0.5
        for _, _, seats in rows
        for a, b in pairwise(seats)
        if a.run == b.run and b.position - a.position == 1
    ]
    return round(median(gaps), 2) if gaps and median(gaps) > 0 else DEFAULT_PITCH


def _row(label: str, seats: list[PlanSeat], pitch: float) -> dict[str, Any]:
    return {"label": label, "marks": _row_marks(seats, pitch) if label else [], "seats": seats}


def _row_marks(seats: list[PlanSeat], pitch: float) -> list[list[float]]:
    """Return where the row's label goes: beyond both of its ends, in the row's own direction."""
    xs, ys = [seat.x for seat in seats], [seat.y for seat in seats]
    is_wide = max(xs) - min(xs) >= max(ys) - min(ys)
    points = sorted(((s.x, s.y) for s in seats), key=lambda point: point if is_wide else point[::-1])
    ends = [(points[0], points[1]), (points[-1], points[-2])] if len(points) > 1 else [(points[0], points[0])]
    marks = []
    for (x, y), (inner_x, inner_y) in ends:
        dx, dy = x - inner_x, y - inner_y
        length = (dx * dx + dy * dy) ** 0.5
        dx, dy = (dx / length, dy / length) if length else (-1.0, 0.0)
        marks.append([round(x + dx * pitch, 2), round(y + dy * pitch, 2)])
    return marks


def _view_box(points: list[tuple[float, ...]], margin: float) -> list[float]:
    if not points:
        return [0.0, 0.0, 100.0, 100.0]
    xs, ys = [point[0] for point in points], [point[1] for point in points]
    left, top = min(xs) - margin, min(ys) - margin
    return [round(side, 2) for side in (left, top, max(xs) + margin - left, max(ys) + margin - top)]


def _read_shapes(seat_map: SeatMap) -> dict[str, dict[str, Any]]:
    """Return every drawn shape of the layout by its guid, with absolute positions."""
    shapes: dict[str, dict[str, Any]] = {}
    for zone in objects(seat_map.layout, "zones"):
        left, top = _xy(zone.get("position"))
        for area in objects(zone, "areas"):
            shape = _shape(area, left, top)
            if shape:
                shapes[str(area.get("uuid") or len(shapes))] = shape
    return shapes


def _shape(area: dict[str, Any], left: float, top: float) -> dict[str, Any] | None:
    """Read an area of the open format as far as it can be drawn; no file is refused for its looks."""
    x, y = _xy(area.get("position"))
    kind = area.get("shape", "rectangle")
    size = area.get(str(kind))
    size = size if isinstance(size, dict) else {}
    shape: dict[str, Any] = {
        "kind": kind,
        "x": round(left + x, 2),
        "y": round(top + y, 2),
        "rotation": _number(area.get("rotation")),
        "fill": normal_color(area.get("color")) or "",
        "stroke": normal_color(area.get("border_color")) or "",
    }
    match kind:
        case "rectangle":
            # Older files say width and height on the area itself.
            shape |= {side: _number(size.get(side, area.get(side))) for side in ("width", "height")}
        case "circle" | "ellipse":
            radius = size.get("radius")
            shape["rx"], shape["ry"] = _xy(radius) if isinstance(radius, dict) else (_number(radius),) * 2
        case "polygon":
            shape["points"] = [list(_xy(point)) for point in objects(size, "points")]
        case "text":
            pass
        case _:
            return None
    words = area.get("text")
    words = words if isinstance(words, dict) else {"text": words}
    if isinstance(words.get("text"), str) and words["text"]:
        dx, dy = _xy(words.get("position"))
        shape["text"] = {
            "text": words["text"],
            "x": dx,
            "y": dy,
            "color": normal_color(words.get("color")) or "",
            "size": _number(words.get("size")),
        }
    return shape


def _number(value: Any) -> float:
    return value if is_number(value) else 0


def _xy(point: Any) -> tuple[float, float]:
    return (_number(point.get("x")), _number(point.get("y"))) if isinstance(point, dict) else (0, 0)


def _corners(shape: dict[str, Any]) -> Iterator[tuple[float, float]]:
    """Yield points that the shape does not reach beyond, its rotation left aside."""
    x, y = shape["x"], shape["y"]
    match shape["kind"]:
        case "rectangle":
            yield from ((x, y), (x + shape["width"], y + shape["height"]))
        case "circle" | "ellipse":
            yield from ((x - shape["rx"], y - shape["ry"]), (x + shape["rx"], y + shape["ry"]))
        case "polygon":
            yield from ((x + dx, y + dy) for dx, dy in shape["points"])
        case _:
            yield x, y
