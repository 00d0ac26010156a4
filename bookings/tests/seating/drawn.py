"""Small halls drawn as text, for the tests of best seats."""

from __future__ import annotations

from itertools import groupby

from bookings.seating.hall import ACCESSIBLE, COMPANION
from bookings.seating.spots import Spot

FLAGS = {"W": ACCESSIBLE, "C": COMPANION}


def draw_spots(*rows: str) -> list[Spot]:
    """Read rows of seats: "." ordinary, "b" of a second category, "W" wheelchair, "C" its companion, "|" an aisle."""
    spots: list[Spot] = []
    run = 0
    for row, signs in enumerate(rows):
        x = 0.0
        for part in signs.split("|"):
            for position, sign in enumerate(part):
                category = 2 if sign == "b" else 1
                cost = round(10 * (abs(x / 20 - len(signs) / 2 + 0.5) + row))
                spots.append(
                    Spot(
                        len(spots) + 1, 0, row, category, category, run, position, FLAGS.get(sign, 0), x, row * 24,
                        cost, round(x / 2), 0, run,
                    )
                )  # fmt: skip
                x += 20
            run, x = run + 1, x + 20
    return [spot._replace(place=_place_of(spot, spots)) for spot in spots]


def _place_of(companion: Spot, spots: list[Spot]) -> int:
    """Return the wheelchair place beside a companion seat, 0 without one."""
    if not companion.flags & COMPANION:
        return 0
    near = [
        spot.id
        for spot in spots
        if spot.flags & ACCESSIBLE and spot.run == companion.run and abs(spot.position - companion.position) == 1
    ]
    return near[0] if near else 0


def join_rows(spots: list[Spot]) -> list[Spot]:
    """Number all seats of a row as one run."""
    return [
        spot._replace(run=row, position=at)
        for row, group in groupby(spots, key=lambda spot: spot.row)
        for at, spot in enumerate(group)
    ]
