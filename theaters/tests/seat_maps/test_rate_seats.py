"""How good seats are: best in the middle and not in the first row, and as staff painted them."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from theaters.seat_maps import check
from theaters.seat_maps.json_format import parse_json
from theaters.seat_maps.quality import PAINTED_STEP, RESTRICTED_VIEW, Quality, RatedPlace, rate, rate_layout
from theaters.seat_maps.stage import Side

PITCH = 20.0


def make_block(rows: int, seats: int, *, section: str = "Stalls", behind: float = 0) -> list[RatedPlace]:
    return [RatedPlace(PITCH * n, behind + PITCH * row, section) for row in range(rows) for n in range(seats)]


def best_of(places: list[RatedPlace], qualities: list[int]) -> tuple[float, float]:
    place = places[qualities.index(max(qualities))]
    return place.x / PITCH, place.y / PITCH


@given(st.integers(4, 20), st.integers(3, 20), st.sampled_from(Side))
def test_seats_are_as_good_as_those_across_from_them_and_better_to_the_middle(
    rows: int, seats: int, side: Side
) -> None:
    places = make_block(rows, seats)
    back = {Side.TOP: Side.TOP, Side.BOTTOM: Side.BOTTOM, Side.LEFT: Side.RIGHT, Side.RIGHT: Side.LEFT}[side]
    turned = [place._replace(x=x, y=y) for place in places for x, y in [back.turn(place.x, place.y)]]
    found = [quality.stage for quality in rate(turned, pitch=PITCH, side=side)]
    for start in range(0, len(found), seats):
        row = found[start : start + seats]
        assert row == row[::-1]
        assert row[: seats // 2 + 1] == sorted(row[: seats // 2 + 1])
    column = found[seats // 2 :: seats]
    assert column.index(max(column)) > 0


def test_the_best_seat_is_a_third_of_the_way_back_and_for_films_two_thirds() -> None:
    places = make_block(10, 9)
    qualities = rate(places, pitch=PITCH)
    assert best_of(places, [one.stage for one in qualities]) == (4, 3)
    assert best_of(places, [one.screen for one in qualities]) == (4, 6)
    assert qualities[places.index(RatedPlace(4 * PITCH, 3 * PITCH, "Stalls"))].stage == 0
    assert qualities[places.index(RatedPlace(6 * PITCH, 3 * PITCH, "Stalls"))].stage == -20


def test_a_balcony_has_its_own_best_row_and_lies_farther_back() -> None:
    stalls, balcony = make_block(10, 9), make_block(7, 9, section="Balcony", behind=12 * PITCH)
    found = [one.stage for one in rate([*stalls, *balcony], pitch=PITCH)]
    assert best_of(balcony, found[len(stalls) :]) == (4, 14)
    assert max(found[len(stalls) :]) == -60


def test_the_middle_is_that_of_the_drawn_stage() -> None:
    places = make_block(6, 9)
    stage = {"shape": "rectangle", "position": {"x": -40, "y": -80}, "rectangle": {"width": 120, "height": 40}}
    document = {"zones": [{"areas": [{**stage, "text": {"text": "Stage"}}]}]}
    found = [one.stage for one in rate(places, pitch=PITCH, document=document)]
    assert best_of(places, found)[0] == 1


def test_a_restricted_view_is_worse_and_a_painted_seat_as_it_was_painted() -> None:
    place = RatedPlace(0, 0, "Stalls")
    places = [place, place._replace(is_restricted=True), place._replace(painted=2), place._replace(painted=-3)]
    assert [one.stage for one in rate(places, pitch=PITCH)] == [
        0,
        -RESTRICTED_VIEW,
        2 * PAINTED_STEP,
        -3 * PAINTED_STEP,
    ]


def test_a_hall_of_any_size_has_qualities_within_bounds() -> None:
    assert rate([RatedPlace(0, 0, ""), RatedPlace(1e7, 0, "")], pitch=0.001)[0] == Quality(-30_000, -30_000)
    assert rate([], pitch=PITCH) == []


def plan(zone: object, seat: object) -> str:
    seats = [
        {"seat_number": "1", "category": "A", "position": {"x": 0, "y": 0}, "marquee": {"quality": seat}},
        {"seat_number": "2", "category": "A", "position": {"x": 20, "y": 0}},
    ]
    rows: list[Any] = [{"row_number": "A", "position": {"x": 0, "y": 0}, "seats": seats}]
    zones = [{"name": "Stalls", "position": {"x": 0, "y": 0}, "rows": rows, "marquee": {"quality": zone}}]
    return json.dumps({"categories": [{"name": "A"}], "zones": zones})


def test_a_zone_is_painted_unless_the_seat_is() -> None:
    layout = parse_json(plan(2, -1))
    assert [seat.quality for seat in layout.seats] == [-1, 2]
    assert [one.stage for one in rate_layout(layout)] == [-55, 95]


@pytest.mark.parametrize("value", [4, -4, 1.5, True, "2", None])
def test_what_is_no_step_is_an_error_at_its_place(value: object) -> None:
    problems = [(one.code, one.where) for one in check(parse_json(plan(0, value))) if one.is_error]
    assert problems == [("bad-quality", "zones[0].rows[0].seats[0].marquee.quality")]
