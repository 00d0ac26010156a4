"""The best seats of a plan before anybody has booked, published or not."""

from __future__ import annotations

from collections.abc import Sequence

from bookings.seating.best import choose
from bookings.seating.plan import (
    ACCESSIBLE,
    COMPANION,
    HallPlan,
    PlanCategory,
    PlanRow,
    PlanSeat,
    PlanSection,
)
from bookings.seating.spots import Spot, make_spots
from theaters.seat_maps import Layout
from theaters.seat_maps.companions import pair_companions
from theaters.seat_maps.stage import find_stage

_FLAGS = {"accessible": ACCESSIBLE, "companion": COMPANION}


def choose_in_empty_hall(layout: Layout, qualities: Sequence[int], quantity: int) -> list[int]:
    """Return the seats that a party would get, as indexes into the layout's; none if there are not enough."""
    spots = _place_spots(layout, qualities)
    choice = choose(spots, (), quantity, categories={spot.category for spot in spots})
    return choice.seat_ids if choice else []


def _place_spots(layout: Layout, qualities: Sequence[int]) -> list[Spot]:
    categories = [PlanCategory(one.rank, one.name, one.color, one.rank, "") for one in layout.categories]
    ranks = {one.name: one.rank for one in layout.categories if one.is_for_sale}
    sections: dict[str, dict[str, PlanRow]] = {}
    for run, members in enumerate(layout.runs):
        for position, index in enumerate(members):
            seat = layout.seats[index]
            if seat.category in ranks:
                flags = sum(bit for flag, bit in _FLAGS.items() if flag in seat.flags)
                placed = PlanSeat(index, seat.number, ranks[seat.category], seat.x, seat.y, flags, run, position)
                row = sections.setdefault(seat.section, {}).setdefault(seat.row, PlanRow(seat.row, [], []))
                row.seats.append(placed)
    plan = HallPlan(
        seat_map=0,
        version=0,
        view_box=[],
        pitch=layout.spacing,
        stage=find_stage(layout.document, layout.seats),
        categories=categories,
        sections=[PlanSection(name, list(rows.values())) for name, rows in sections.items()],
        areas=[],
        decorations=[],
        blocked=[],
        companions=pair_companions(layout),
    )
    return make_spots(plan, dict(enumerate(qualities)))
