"""Where the front edge of the stage is, and how long a meter is on the plan."""

from typing import Any, NamedTuple

import pytest

from theaters.seat_maps.sightline import USUAL_SEAT_METERS, find_front, meters_per_unit
from theaters.seat_maps.stage import Side


class Point(NamedTuple):
    x: float
    y: float


SEATS = [Point(x, y) for x in (0, 20, 40) for y in (0, 30)]


def draw(words: str, x: float, y: float, width: float, height: float) -> dict[str, Any]:
    """Return a plan that draws one rectangle with words on it."""
    shape = {
        "shape": "rectangle",
        "position": {"x": x, "y": y},
        "rectangle": {"width": width, "height": height},
        "text": {"text": words},
    }
    return {"zones": [{"areas": [shape]}]}


@pytest.mark.parametrize(
    ("side", "place", "front"),
    [
        (Side.TOP, (0, -60, 40, 20), [[0, -40], [40, -40]]),
        (Side.BOTTOM, (0, 60, 40, 20), [[40, 60], [0, 60]]),
        (Side.LEFT, (-60, 0, 20, 40), [[-40, 40], [-40, 0]]),
        (Side.RIGHT, (80, 0, 20, 40), [[80, 0], [80, 40]]),
    ],
)
def test_it_is_the_edge_of_the_drawn_stage_that_faces_the_seats(
    side: Side, place: tuple[float, float, float, float], front: list[list[float]]
):
    assert find_front(draw("Stage", *place), SEATS, side, 20) == front


@pytest.mark.parametrize("side", list(Side))
def test_without_a_drawn_stage_it_is_in_front_of_the_seats(side: Side):
    (ax, ay), (bx, by) = find_front(draw("Bar", 500, 500, 10, 10), SEATS, side, 20)
    left, right = side.turn(ax, ay), side.turn(bx, by)
    assert left[1] == pytest.approx(right[1])
    assert left[0] < right[0]
    assert left[1] < min(side.turn(*seat)[1] for seat in SEATS)


def test_a_hall_without_seats_has_none():
    assert find_front({}, [], Side.TOP, 20) == []


def test_turning_back_undoes_turning():
    for side in Side:
        assert side.turn_back(*side.turn(3, 5)) == (3, 5)


def test_the_scale_is_what_the_plan_says_or_follows_from_its_seats():
    assert meters_per_unit({"marquee": {"meters_per_unit": 0.01}}, 20) == 0.01
    for odd in ("0.01", 0, -1, None, True, float("nan")):
        assert meters_per_unit({"marquee": {"meters_per_unit": odd}}, 20) == pytest.approx(USUAL_SEAT_METERS / 20)
