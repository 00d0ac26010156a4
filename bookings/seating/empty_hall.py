"""The best seats of a plan before anybody has booked, published or not."""

from __future__ import annotations

from collections.abc import Sequence

from bookings.seating.best import choose
from bookings.seating.layout_plan import draw_layout
from bookings.seating.spots import make_spots
from theaters.seat_maps import Layout


def choose_in_empty_hall(layout: Layout, qualities: Sequence[int], quantity: int) -> list[int]:
    """Return the seats that a party would get, as indexes into the layout's; none if there are not enough."""
    spots = make_spots(draw_layout(layout), dict(enumerate(qualities)))
    choice = choose(spots, (), quantity, categories={spot.category for spot in spots})
    return choice.seat_ids if choice else []
