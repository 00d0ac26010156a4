"""Which companion seat belongs to which wheelchair place.

A plan may say it (`marquee.companion_of` on the companion seat: the id of the wheelchair place). Otherwise they are
paired by distance, the nearest first, so that each wheelchair place near one gets a companion seat before any gets two.
"""

from math import sqrt

from theaters.seat_maps.geometry import Grid
from theaters.seat_maps.layout import Layout

# How far a companion may sit from the wheelchair place, in multiples of the usual spacing.
COMPANION_REACH = 2.2


def pair_companions(layout: Layout) -> dict[int, int]:
    """Return the wheelchair place of each companion seat that has one, as indexes into the layout's seats."""
    places = {seat.guid: index for index, seat in enumerate(layout.seats) if "accessible" in seat.flags and seat.guid}
    found: dict[int, int] = {}
    unpaired = []
    for index, seat in enumerate(layout.seats):
        if "companion" not in seat.flags:
            continue
        if not seat.companion_of:
            unpaired.append(index)
        elif places.get(seat.companion_of, index) != index:
            found[index] = places[seat.companion_of]
    near = _near(layout, unpaired)
    used = set(found.values())
    for _distance, index, place in near:
        if index not in found and place not in used:
            found[index] = place
            used.add(place)
    for _distance, index, place in near:
        found.setdefault(index, place)
    return found


def _near(layout: Layout, companions: list[int]) -> list[tuple[float, int, int]]:
    """Return the distance, the companion seat and the wheelchair place of all that are close, the nearest first."""
    reach = layout.spacing * COMPANION_REACH
    grid = Grid(reach)
    for index, seat in enumerate(layout.seats):
        if "accessible" in seat.flags:
            grid.add(index, seat.x, seat.y)
    return sorted(
        (round(sqrt(square), 4), index, place)
        for index in companions
        for place, square in grid.near(layout.seats[index].x, layout.seats[index].y)
        if square <= reach * reach and place != index
    )
