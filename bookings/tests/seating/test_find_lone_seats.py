"""Single seats that a choice leaves alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bookings.seating.hall import ACCESSIBLE, COMPANION, PlanSeat
from bookings.seating.neighbors import find_lone_seats
from testing.builders import make_hall

FLAGS = {"W": ACCESSIBLE, "C": COMPANION}


def read(drawn: str) -> tuple[list[PlanSeat], set[int], set[int]]:
    """Read runs: "." free, "x" taken, "o" chosen, "W"/"C" free wheelchair and companion, "|" an aisle."""
    seats, taken, chosen = [], set(), set()
    for run, part in enumerate(drawn.split("|")):
        for position, sign in enumerate(part):
            seats.append(PlanSeat(len(seats) + 1, "", 1, 0, 0, FLAGS.get(sign, 0), run, position))
            if sign in "xo":
                {"x": taken, "o": chosen}[sign].add(len(seats))
    return seats, taken, chosen


@pytest.mark.parametrize(
    ("drawn", "lone"),
    [
        ("oo..", []),
        ("xoo.x....", []),  # the last one of its stretch
        (".oo.", [1, 4]),
        ("x.oo...", [2]),
        ("oo.x...", []),
        ("oo.x..", [3]),  # two others would fit exactly
        ("o.o", []),  # the last one of its stretch, whatever is chosen
        ("o.oo..", [2]),
        ("x.x..oo", []),  # alone before
        ("..|.oo.", [3, 6]),  # an aisle parts
        ("Woo..", []),
        (".oo.C", [1]),
        ("oo.C", []),
        ("...", []),
        ("ooo", []),
        ("o.|.", [2]),  # a single one is free elsewhere
        ("xo.x.", [3]),
        ("o.|..", []),  # elsewhere it would leave one alone, too
        ("o.|W", []),
        ("oo.|..", [3]),
        ("o.o|..", [2]),
        ("o.o|.|.", []),
        ("o.|x.x", [2]),
    ],
)
def test_lone_seats(drawn, lone):
    assert [seat.id for seat in find_lone_seats(*read(drawn))] == lone


def test_a_gap_of_another_category_is_no_help():
    seats, taken, chosen = read("o.|.")
    dearer = [seat._replace(category=2) if seat.run else seat for seat in seats]
    assert find_lone_seats(dearer, taken, chosen) == []


@given(st.text("...xo|", max_size=20))
def test_a_lone_seat_was_free_has_no_neighbor_and_had_one(drawn):
    seats, taken, chosen = read(drawn)
    places = {(seat.run, seat.position): seat.id for seat in seats}
    for seat in find_lone_seats(seats, taken, chosen):
        beside = {places.get((seat.run, seat.position + step)) for step in (-1, 1)} - {None}
        assert seat.id not in taken | chosen
        assert beside <= taken | chosen
        assert beside & chosen


@pytest.mark.django_db
def test_it_reads_seats_of_the_database_too():
    seats = list(make_hall(rows=1, seats=5).seat_maps.get().seats.all())
    assert find_lone_seats(seats, [], [seats[1].pk, seats[2].pk]) == [seats[0]]
