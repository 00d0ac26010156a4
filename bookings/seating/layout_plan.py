"""The plan of a layout that is not published yet, as customers would see it."""

from __future__ import annotations

from bookings.seating.hall import HallPlan, PlanCategory, PlanSeat, SoldArea, compose_plan
from theaters.seat_maps import Layout
from theaters.seat_maps.companions import pair_companions
from theaters.seat_maps.drawing import CATEGORY_MARKS

# In the order of their bits.
_FLAGS = ("accessible", "companion", "restricted", "aisle", "step_free", "hearing_loop")


def draw_layout(layout: Layout) -> HallPlan:
    """Return the plan; a seat's id is its index among the layout's seats, an area's its index among its areas."""
    sold = [category for category in layout.categories if category.is_for_sale]
    categories = [
        PlanCategory(one.rank, one.name, one.color, one.rank, CATEGORY_MARKS[at % len(CATEGORY_MARKS)])
        for at, one in enumerate(sold)
    ]
    ranks = {one.name: one.rank for one in sold}
    sections: dict[str, dict[str, list[PlanSeat]]] = {}
    for run, members in enumerate(layout.runs):
        for position, index in enumerate(members):
            seat = layout.seats[index]
            if seat.category not in ranks:
                continue
            flags = set(seat.flags) | ({"aisle"} if index in layout.aisle_seats else set())
            bits = sum(1 << bit for bit, flag in enumerate(_FLAGS) if flag in flags)
            x, y = round(seat.x, 2), round(seat.y, 2)
            placed = PlanSeat(index, seat.number, ranks[seat.category], x, y, bits, run, position)
            sections.setdefault(seat.section, {}).setdefault(seat.row, []).append(placed)
    rows = [(section, row, seats) for section, labeled in sections.items() for row, seats in labeled.items()]
    areas = [
        SoldArea(index, area.name, ranks[area.category], area.capacity or 0, area.guid)
        for index, area in enumerate(layout.areas)
        if area.category in ranks
    ]
    return compose_plan(layout.document, categories, rows, areas, pair_companions(layout))
