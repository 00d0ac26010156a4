"""The seats of a hall as best seats are chosen from them: where they are, and how good. Kept for each map."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import hypot
from operator import attrgetter
from typing import NamedTuple

from bookings.seating.hall import ACCESSIBLE, COMPANION, HallPlan, PlanSection
from bookings.seating.plan import KEPT_MAPS
from theaters.models import Seat

RESERVED = ACCESSIBLE | COMPANION
# A wider gap in a row is not an aisle that a party would sit across, in seat widths.
WIDEST_AISLE = 5

# By map, kind of quality, and whether aisles count: the sections that were read, and their seats.
_kept: dict[tuple[int, bool, bool], tuple[list[PlanSection], list[Spot]]] = {}


class Spot(NamedTuple):
    """A seat and everything that decides how good it is; `row` counts within its section.

    `cost` is the lack of quality. `along` is where it is along its row, in the unit of `cost`: tenths of a seat's
    width. `place` is the wheelchair place of a companion seat, 0 without one. `home` is the run that it is in: `run`
    may be a whole row, if aisles don't count.
    """

    id: int
    section: int
    row: int
    category: int
    rank: int
    run: int
    position: int
    flags: int
    x: float
    y: float
    cost: int
    along: int
    place: int
    home: int


def read_spots(plan: HallPlan, *, on_screen: bool = False, across_aisle: bool = False) -> list[Spot]:
    """Return all seats of a plan in the order of runs and positions. One statement cold, none warm.

    With `across_aisle` the runs of a row are one, if no wide gap is between them.
    """
    key = plan.seat_map, on_screen, across_aisle
    known = _kept.get(key)
    # For as long as `plan.py` keeps the map drawn.
    if known is None or known[0] is not plan.sections:
        spots = join_runs(plan, read_spots(plan, on_screen=on_screen)) if across_aisle else _read(plan, on_screen)
        known = plan.sections, spots
        if len(_kept) >= KEPT_MAPS:
            _kept.clear()
        _kept[key] = known
    return known[1]


def _read(plan: HallPlan, on_screen: bool) -> list[Spot]:
    rows = Seat.objects.filter(seat_map=plan.seat_map).order_by()
    qualities = dict(rows.values_list("pk", "screen_quality" if on_screen else "quality"))
    return make_spots(plan, qualities)


def make_spots(plan: HallPlan, qualities: dict[int, int]) -> list[Spot]:
    ranks = {category.id: category.rank for category in plan.categories}
    spots = []
    for number, section in enumerate(plan.sections):
        is_wide = sum(_spread(row.seats, "x") - _spread(row.seats, "y") for row in section.rows) >= 0
        for row_number, row in enumerate(section.rows):
            for seat in row.seats:
                along = round(10 * (seat.x if is_wide else seat.y) / plan.pitch)
                spots.append(
                    Spot(
                        seat.id, number, row_number, seat.category, ranks[seat.category], seat.run, seat.position,
                        seat.flags, seat.x, seat.y, -qualities[seat.id], along,
                        plan.companions.get(seat.id, 0), seat.run,
                    )
                )  # fmt: skip
    spots.sort(key=attrgetter("run", "position"))
    return spots


def join_runs(plan: HallPlan, spots: Iterable[Spot]) -> list[Spot]:
    """Return the seats with all runs of a labeled row numbered as one, unless a wide gap is between them."""
    joined: list[Spot] = []
    offset = 0
    last: Spot | None = None
    for spot in spots:
        is_same_run = last is not None and last.home == spot.home
        if last is not None and not is_same_run and _is_across_aisle(plan, last, spot):
            offset = last.position + 1 - spot.position
            joined.append(spot._replace(run=last.run, position=last.position + 1))
        elif last is not None and is_same_run:
            joined.append(spot._replace(run=last.run, position=spot.position + offset))
        else:
            offset = 0
            joined.append(spot)
        last = joined[-1]
    return joined


def _is_across_aisle(plan: HallPlan, one: Spot, other: Spot) -> bool:
    has_label = bool(plan.sections[one.section].rows[one.row].label)
    is_close = hypot(one.x - other.x, one.y - other.y) <= WIDEST_AISLE * plan.pitch
    return has_label and (one.section, one.row) == (other.section, other.row) and is_close


def _spread(seats: Sequence[object], axis: str) -> float:
    values = [getattr(seat, axis) for seat in seats]
    return float(max(values) - min(values))
